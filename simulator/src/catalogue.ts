/**
 * The models of the simulated upstream, after the table of upstream-protocol 6: limits, thinking ranges, quota buckets,
 * and who is hidden from old clients, retired, or listed although it no longer answers.
 */

/** The vendor behind an id; it decides which rules hold. */
export type Family = "claude" | "gemini-3" | "gemini-2" | "gpt-oss"

/** The upstream's own quota pools. */
export type QuotaBucket = "gemini" | "third_party" | "image"

/** One model of the simulated upstream. */
export interface CatalogueModel {
  readonly id: string
  readonly displayName: string
  readonly family: Family
  readonly bucket: QuotaBucket
  readonly maxTokens: number
  readonly maxOutputTokens: number
  /** Inclusive range of a positive thinking budget; undefined where the model does not think. */
  readonly thinking?: { readonly minimum: number; readonly maximum: number; readonly default: number }
  /** 0 switches thinking off. */
  readonly thinkingOff: boolean
  readonly mimeTypes: readonly string[]
  readonly image: boolean
  /** Hidden (and 404) for clients below the version of the `newerModels` gate. */
  readonly newer: boolean
  /** No plain endpoint (upstream-protocol 5.2). */
  readonly streamingOnly: boolean
  /** Listed, but every call is a 400 (upstream-protocol 6, `gemini-3.1-pro-high`). */
  readonly dead: boolean
  readonly webSearch: boolean
}

const images = ["image/png", "image/jpeg", "image/webp", "image/heic", "image/heif"]
const media = [
  ...images,
  "application/pdf",
  "audio/mpeg",
  "audio/mp3",
  "audio/wav",
  "audio/flac",
  "audio/ogg",
  "audio/aac",
  "video/mp4",
]

function claude(id: string, displayName: string): CatalogueModel {
  return {
    id,
    displayName,
    family: "claude",
    bucket: "third_party",
    maxTokens: 200_000,
    maxOutputTokens: 64_000,
    thinking: { minimum: 1024, maximum: 64_000, default: 1024 },
    thinkingOff: true,
    mimeTypes: [...images.slice(0, 3), "image/gif", "application/pdf"],
    image: false,
    newer: false,
    streamingOnly: true,
    dead: false,
    webSearch: false,
  }
}

interface GeminiTraits {
  readonly budget: number
  readonly minimum?: number
  readonly maximum?: number
  readonly output?: number
  readonly traits?: Partial<CatalogueModel>
}

function gemini(id: string, displayName: string, given: GeminiTraits): CatalogueModel {
  const minimum = given.minimum ?? 0
  return {
    id,
    displayName,
    family: id.startsWith("gemini-2") ? "gemini-2" : "gemini-3",
    bucket: "gemini",
    maxTokens: 1_048_576,
    maxOutputTokens: given.output ?? 65_536,
    thinking: { minimum: Math.max(1, minimum), maximum: given.maximum ?? 32_768, default: given.budget },
    thinkingOff: minimum === 0,
    mimeTypes: media,
    image: false,
    newer: false,
    streamingOnly: false,
    dead: false,
    webSearch: false,
    ...given.traits,
  }
}

function picture(id: string, displayName: string): CatalogueModel {
  const traits = { bucket: "image", image: true, mimeTypes: images, thinkingOff: true } as const
  return gemini(id, displayName, { budget: -1, minimum: 128, output: 32_768, traits })
}

function tiers(version: string, suffixes: Readonly<Record<string, number>>, newer: boolean): CatalogueModel[] {
  return Object.entries(suffixes).map(([suffix, budget]) =>
    gemini(`gemini-${version}-flash-${suffix}`, `Gemini ${version} Flash (${suffix})`, { budget, traits: { newer } }),
  )
}

/** Every model of the upstream, in the order the catalogue lists them. */
export const models: readonly CatalogueModel[] = [
  claude("claude-opus-4-6-thinking", "Claude Opus 4.6 (Thinking)"),
  claude("claude-sonnet-4-6", "Claude Sonnet 4.6 (Thinking)"),
  {
    ...claude("gpt-oss-120b-medium", "GPT-OSS 120B (Medium)"),
    family: "gpt-oss",
    maxTokens: 131_072,
    maxOutputTokens: 32_768,
    mimeTypes: [],
    streamingOnly: false,
    thinking: { minimum: 1, maximum: 32_767, default: 8192 },
  },
  ...tiers("3.8", { high: -1, medium: 4000, low: 1000, tiered: -1 }, true),
  ...tiers("3.7", { high: -1, tiered: -1 }, true),
  ...tiers("3.6", { high: -1, medium: 4000, low: 1000, tiered: -1 }, false),
  gemini("gemini-pro-agent", "Gemini 3.1 Pro (High)", { budget: 10_001, minimum: 128, output: 65_535 }),
  gemini("gemini-3.1-pro-low", "Gemini 3.1 Pro (Low)", { budget: 1001, minimum: 128, output: 65_535 }),
  gemini("gemini-3.1-pro-high", "Gemini 3.1 Pro (High)", {
    budget: -1,
    minimum: 128,
    output: 65_535,
    traits: { dead: true },
  }),
  gemini("gemini-3-flash", "Gemini 3 Flash", { budget: -1, minimum: 128, traits: { webSearch: true } }),
  gemini("gemini-3.1-flash-lite", "Gemini 3.1 Flash Lite", { budget: -1, output: 65_535 }),
  picture("gemini-3.1-flash-image", "Gemini 3.1 Flash Image"),
  picture("gemini-3-pro-image", "Gemini 3 Pro Image"),
  gemini("gemini-2.5-pro", "Gemini 2.5 Pro", { budget: -1, minimum: 128, output: 65_535 }),
  gemini("gemini-2.5-flash", "Gemini 2.5 Flash", { budget: -1, minimum: 1, maximum: 24_576, output: 65_535 }),
  gemini("gemini-2.5-flash-lite", "Gemini 2.5 Flash Lite", { budget: -1, minimum: 1, maximum: 24_576, output: 65_535 }),
  gemini("gemini-2.5-flash-thinking", "Gemini 3.1 Flash Lite", {
    budget: -1,
    minimum: 1,
    maximum: 24_576,
    output: 65_535,
  }),
  gemini("chat_20706", "Chat (internal)", { budget: -1, output: 65_535 }),
  gemini("tab_flash_lite_preview", "Tab (internal)", { budget: -1, output: 16_384 }),
]

const byId = new Map(models.map((model) => [model.id, model]))

/** The model of an id. */
export function modelOf(id: string): CatalogueModel | undefined {
  return byId.get(id)
}

/** Old id → new id, as `deprecatedModelIds` tells it. */
export const deprecated: Readonly<Record<string, string>> = {
  "gemini-3-pro-high": "gemini-pro-agent",
  "gemini-3-pro-low": "gemini-3.1-pro-low",
  "gemini-3.1-pro-high": "gemini-pro-agent",
  "claude-opus-4-5-thinking": "claude-opus-4-6-thinking",
  "claude-sonnet-4-5": "claude-sonnet-4-6",
}

/** Retired ids: what the 200 text calls them and what it sends to. */
export const retired: Readonly<Record<string, readonly [name: string, successor: string]>> = {
  "gemini-3-pro-high": ["Gemini 3 Pro", "Gemini 3.1 Pro."],
  "gemini-3-pro-low": ["Gemini 3 Pro", "Gemini 3.1 Pro."],
  "gemini-3-flash-agent": ["Gemini 3.5 Flash", "Gemini 3.7 Flash in the latest version of Antigravity"],
  "gemini-3.5-flash-low": ["Gemini 3.5 Flash", "Gemini 3.7 Flash in the latest version of Antigravity"],
  "gemini-3.5-flash-extra-low": ["Gemini 3.5 Flash", "Gemini 3.7 Flash in the latest version of Antigravity"],
  "claude-opus-4-5-thinking": ["Claude Opus 4.5", "Claude Opus 4.6."],
  "claude-sonnet-4-5": ["Claude Sonnet 4.5", "Claude Sonnet 4.6."],
  "claude-sonnet-4-5-thinking": ["Claude Sonnet 4.5", "Claude Sonnet 4.6."],
}

/** One entry of `fetchAvailableModels`; proto JSON drops zeros and false. */
export function catalogueEntry(model: CatalogueModel, quota: { fraction: number; resetTime: string }): object {
  const claudeModel = model.family === "claude"
  const google = model.family.startsWith("gemini")
  return {
    displayName: model.displayName,
    ...(model.mimeTypes.length > 0 ? { supportsImages: true } : {}),
    ...(model.thinking ? { supportsThinking: true, thinkingBudget: model.thinking.default } : {}),
    ...(model.thinking && !(model.thinkingOff && !claudeModel) ? { minThinkingBudget: model.thinking.minimum } : {}),
    ...(model.dead ? {} : { recommended: true }),
    maxTokens: model.maxTokens,
    maxOutputTokens: model.maxOutputTokens,
    ...(model.mimeTypes.length > 0
      ? { supportedMimeTypes: Object.fromEntries(model.mimeTypes.map((type) => [type, true])) }
      : {}),
    apiProvider: google
      ? "API_PROVIDER_GOOGLE_GEMINI"
      : claudeModel
        ? "API_PROVIDER_ANTHROPIC_VERTEX"
        : "API_PROVIDER_OPENAI_VERTEX",
    modelProvider: google
      ? "MODEL_PROVIDER_GOOGLE"
      : claudeModel
        ? "MODEL_PROVIDER_ANTHROPIC"
        : "MODEL_PROVIDER_OPENAI",
    quotaInfo: {
      ...(quota.fraction > 0 ? { remainingFraction: quota.fraction } : {}),
      resetTime: quota.resetTime,
    },
  }
}
