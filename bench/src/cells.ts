/** The list of cells, in the order in which they run and are printed. */
import type { Cell } from "./cell.ts"
import { heldPrompts, heldStreams, leavingClients } from "./cells-held.ts"
import { largePrompt, lowLoad, oneChunk, pacedStreams, twentyChunks } from "./cells-throughput.ts"

export const CELLS: readonly Cell[] = [
  oneChunk,
  twentyChunks,
  pacedStreams,
  lowLoad,
  largePrompt,
  leavingClients,
  heldStreams,
  heldPrompts,
]
