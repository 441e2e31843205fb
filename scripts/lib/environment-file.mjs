import { existsSync } from "node:fs"
import { join } from "node:path"
import { root } from "./root.mjs"

/** Reads `.env` in the package's folder, if there is one. What the environment already holds wins. */
export function loadEnvironmentFile() {
  const path = join(root, ".env")
  if (existsSync(path)) process.loadEnvFile(path)
}
