import { existsSync } from "node:fs"
import { join } from "node:path"
import { step } from "./progress.mjs"
import { root } from "./root.mjs"
import { runNode } from "./run-child.mjs"
import { hashInputs, readStamp, writeStamp } from "./stamp.mjs"

/** What is written by a generator and not committed: by which script, from what, and the files that tell it is there. */
const GENERATORS = {
  database: {
    text: "generating the database clients",
    script: "scripts/generate.mjs",
    inputs: ["prisma/schema.prisma", "prisma.config.ts", "scripts/generate.mjs", "package-lock.json"],
    proof: ["generated/sqlite/client.ts", "generated/postgresql/client.ts", "generated/pothos-types.ts"],
  },
  "web-types": {
    text: "generating the panel's GraphQL types",
    script: "scripts/web-types.mjs",
    inputs: ["control-plane/schema.graphql", "scripts/web-types.mjs", "web/src"],
    proof: ["generated/web/graphql.ts", "generated/web/documents.json"],
  },
}

/** Runs the named generator ("database" or "web-types") when its inputs changed since the last run. */
export async function ensureGenerated(name = "database") {
  const generator = GENERATORS[name]
  const stampPath = join(root, "generated/.stamps", `${name}.json`)
  const inputs = hashInputs(generator.inputs)
  const isThere = generator.proof.every((path) => existsSync(join(root, path)))
  if (isThere && readStamp(stampPath).inputs === inputs) return
  const done = step(generator.text)
  await runNode([join(root, generator.script)], { output: "on-failure" })
  writeStamp(stampPath, { inputs })
  done()
}
