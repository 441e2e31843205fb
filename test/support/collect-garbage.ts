import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"

setFlagsFromString("--expose-gc")

/** Frees what nobody holds any more, so that what is left in memory is what is kept. */
export const collectGarbage = runInNewContext("gc") as () => void // what the flag makes of it

/** Bytes of buffers that somebody holds. */
export function keptBytes(): number {
  collectGarbage()
  return process.memoryUsage().arrayBuffers
}
