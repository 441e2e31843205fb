/** Whose model an id names, for the rules that differ by vendor. Ids that no rule knows are `other` and get Gemini's wire as it is. */
export type ModelFamily = "gemini" | "claude" | "gpt-oss" | "other"

export function modelFamily(id: string): ModelFamily {
  const name = id.toLowerCase()
  if (name.startsWith("claude")) return "claude"
  if (name.startsWith("gemini")) return "gemini"
  if (name.startsWith("gpt-oss")) return "gpt-oss"
  return "other"
}

/** Models that draw: they answer with images and take no tools, no system text and no format. */
export function isImageModel(id: string): boolean {
  return /-image(?:-|$)/i.test(id)
}

/** Who made the model, as model lists name it. */
export const MODEL_OWNERS: Readonly<Record<ModelFamily, string>> = {
  gemini: "google",
  claude: "anthropic",
  "gpt-oss": "openai",
  other: "google",
}
