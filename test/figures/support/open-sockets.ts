/** Sockets that are open, as who holds them counts them, and what of them stays. */
import { readdirSync, readlinkSync } from "node:fs"
import { waitFor } from "../../support/wait-for.ts"

/** Sockets that a process holds, as its kernel counts them; undefined where there is no such list. */
export function openSockets(pid: number): number | undefined {
  const folder = `/proc/${pid}/fd`
  try {
    return readdirSync(folder).filter((name) => isSocket(`${folder}/${name}`)).length
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined
    throw error
  }
}

/** False also of one that was closed between two looks. */
function isSocket(path: string): boolean {
  try {
    return readlinkSync(path).startsWith("socket:")
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false
    throw error
  }
}

/** TCP handles that keep this process alive. */
export function openTcpHandles(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === "TCPSocketWrap").length
}

/** What is left when it has come down to `most`, or after a long time: the smallest that was seen. */
export async function settled<Count extends number | undefined>(read: () => Count, most = 0): Promise<Count> {
  let smallest = read()
  const isDown = (): boolean => {
    const now = read()
    if (now !== undefined && smallest !== undefined && now < smallest) smallest = now
    return smallest === undefined || smallest <= most
  }
  await waitFor(isDown, SETTLE_MS, 100).catch(() => undefined)
  return smallest
}

const SETTLE_MS = 10_000
