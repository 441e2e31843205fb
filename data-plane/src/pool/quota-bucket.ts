/** The upstream's own pools of quota: what one model uses up is missing to the others of its bucket. */
export type QuotaBucket = "gemini" | "third_party" | "image"

export function quotaBucket(model: string): QuotaBucket {
  if (model.includes("image")) return "image"
  return model.startsWith("gemini") ? "gemini" : "third_party"
}
