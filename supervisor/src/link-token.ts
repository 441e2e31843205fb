import { randomBytes } from "node:crypto"
import { chmod, link, mkdir, readFile, unlink, writeFile } from "node:fs/promises"
import { join } from "node:path"

/**
 * The token by which this installation's own data plane proves itself to its control plane: random, made at the first start,
 * kept in `DATA_DIR/link-token` readable by its owner only. `isNew` tells that this call made it.
 */
export async function localLinkToken(dataDir: string): Promise<{ readonly token: string; readonly isNew: boolean }> {
  const path = join(dataDir, "link-token")
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const token = randomBytes(32).toString("base64url")
  // Written beside it and linked into place: another starter finds either no file or a whole one.
  const temporary = `${path}.${process.pid}-${randomBytes(4).toString("hex")}`
  await writeFile(temporary, `${token}\n`, { mode: 0o600, flag: "wx" })
  try {
    await link(temporary, path)
    return { token, isNew: true }
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error
  } finally {
    await unlink(temporary)
  }
  const kept = (await readFile(path, "utf8")).trim()
  if (kept.length < 32) throw new Error(`${path} holds no token; remove it and start again.`)
  await chmod(path, 0o600)
  return { token: kept, isNew: false }
}
