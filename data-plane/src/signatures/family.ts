/**
 * Signatures of thoughts: opaque values that an upstream wants back unaltered. `keep.ts` reads them off an answer into `store.ts`,
 * `carrier.ts` seals them for clients that return what they got, `restore.ts` puts them back into the next request or takes foreign
 * ones out. The law: nothing found under one key lineage is ever given to another, nothing is invented, and whatever is lost here
 * makes an answer poorer, never an error.
 */
import { modelFamily } from "../dialects/model-family.ts"

/** Whose signature it is: one family's is worthless to the other. */
export type SigningFamily = "claude" | "gemini-3" | "gemini-2.5" | "other"

export function signingFamily(modelId: string): SigningFamily {
  const family = modelFamily(modelId)
  if (family === "claude") return "claude"
  if (family !== "gemini") return "other"
  return /^gemini-2/i.test(modelId) ? "gemini-2.5" : "gemini-3"
}
