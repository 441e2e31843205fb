/**
 * Thinking as upstreams are asked for it: always a whole number of tokens, never a level, always inside the model's range and under
 * the output limit. Pure data and arithmetic; what is asked comes from the dialects, what is possible from the live catalogue.
 */
import { EFFORT_TABLE, type EffortTable } from "#shared/effort-table.ts"
import { never } from "#shared/never.ts"
import type { ReasoningAsk, ReasoningWish } from "../canonical/reasoning.ts"
import type { TargetModel } from "../dialects/dialect.ts"
import type { ModelFamily } from "../dialects/model-family.ts"
import {
  ANSWER_ROOM,
  CLAUDE_MAX_OUTPUT_TOKENS,
  CLAUDE_MINIMUM,
  GEMINI_25_FLASH_MAXIMUM,
  GEMINI_MAXIMUM,
  KNOWN_MINIMUMS,
} from "./limits.ts"

export interface ThinkingConfig {
  readonly includeThoughts: boolean
  /** A whole number: −1 (Gemini: dynamic), 0 (off) or tokens. */
  readonly thinkingBudget: number
}

export interface ThinkingInput {
  readonly family: ModelFamily
  readonly model: TargetModel
  /** Undefined: nobody asked, and the model does as it does; Claude is then told not to think. */
  readonly asked: ReasoningAsk | undefined
  /** The client's own limit. */
  readonly maxOutputTokens: number | undefined
  /** The request makes the model call a tool, which Claude does not do while it thinks. */
  readonly forcesTool?: boolean
}

export interface Thinking {
  readonly config?: ThinkingConfig
  /** Greater than a positive budget, at most the model's own limit. Undefined: no limit is sent. */
  readonly maxOutputTokens?: number
  /** `reasoning` when thinking was asked for and cannot be had. */
  readonly dropped: readonly string[]
}

interface Range {
  readonly minimum: number
  readonly maximum: number
  /** 0 is taken. */
  readonly canBeOff: boolean
  /** −1 is taken. */
  readonly canBeDynamic: boolean
  readonly maxOutputTokens: number | undefined
}

export function thinkingConfigFor(input: ThinkingInput): Thinking {
  const { family, model, forcesTool = false } = input
  const range = rangeOf(family, model)
  const limit = limitOf(input.maxOutputTokens, range)
  const wish = wishOf(input)
  if (wish === undefined) return { ...limit, dropped: [] }
  const isAsked = wish.kind !== "off"
  const lost = isAsked ? ["reasoning"] : []
  if (model.catalogue?.supportsThinking === false) return { ...limit, dropped: lost }
  if (isAsked && family === "claude" && forcesTool) return { ...limit, config: OFF, dropped: lost }
  const budget = clamped(budgetOf(wish, range, model.efforts ?? EFFORT_TABLE), range)
  if (budget <= 0) {
    const includeThoughts = budget < 0 && input.asked?.show === true
    return { ...limit, config: { includeThoughts, thinkingBudget: budget }, dropped: [] }
  }
  const fitting = underLimit(budget, input.maxOutputTokens, range)
  if (fitting === undefined) return { ...limit, ...(family === "claude" ? { config: OFF } : {}), dropped: lost }
  // Claude's signature comes with the thoughts only, and the next turn of a tool loop needs it, shown or not.
  const includeThoughts = isAsked && (family === "claude" || input.asked?.show === true)
  return {
    config: { includeThoughts, thinkingBudget: fitting.budget },
    ...limitOf(fitting.maxOutputTokens, range),
    dropped: [],
  }
}

const OFF: ThinkingConfig = { includeThoughts: false, thinkingBudget: 0 }

/** Claude thinks by its own default when it is told nothing, and its thoughts are paid for though nobody asked. */
function wishOf({ family, asked }: ThinkingInput): ReasoningWish | undefined {
  return asked ?? (family === "claude" ? { kind: "off" } : undefined)
}

function rangeOf(family: ModelFamily, { id, catalogue }: TargetModel): Range {
  const maxOutputTokens = positive(catalogue?.maxOutputTokens)
  if (family === "claude") {
    const output = maxOutputTokens ?? CLAUDE_MAX_OUTPUT_TOKENS
    const minimum = Math.max(CLAUDE_MINIMUM, positive(catalogue?.minThinkingBudget) ?? 0)
    const maximum = Math.max(minimum, output - ANSWER_ROOM)
    return { minimum, maximum, canBeOff: true, canBeDynamic: false, maxOutputTokens: output }
  }
  const name = id.toLowerCase()
  const most = name.startsWith("gemini-2.5-flash") ? GEMINI_25_FLASH_MAXIMUM : GEMINI_MAXIMUM
  const known = KNOWN_MINIMUMS.find(([pattern]) => pattern.test(name))?.[1]
  const least = positive(catalogue?.minThinkingBudget) ?? known ?? 0
  const maximum = maxOutputTokens === undefined ? most : Math.max(1, Math.min(most, maxOutputTokens - 1))
  return {
    minimum: Math.max(1, Math.min(least, maximum)),
    maximum,
    canBeOff: least <= 0,
    canBeDynamic: family === "gemini",
    maxOutputTokens,
  }
}

/** A catalogue is another's data: what is no count of tokens says nothing. */
function positive(tokens: number | undefined): number | undefined {
  return tokens !== undefined && Number.isSafeInteger(tokens) && tokens > 0 ? tokens : undefined
}

function budgetOf(wish: ReasoningWish, range: Range, efforts: EffortTable): number {
  switch (wish.kind) {
    case "off":
      return 0
    case "auto":
      return range.canBeDynamic ? -1 : efforts.auto
    case "budget":
      return Number.isFinite(wish.tokens) ? Math.trunc(wish.tokens) : range.maximum
    case "effort": {
      const tokens = efforts[wish.level]
      return tokens === "maximum" ? range.maximum : tokens
    }
    default:
      return never(wish)
  }
}

function clamped(budget: number, range: Range): number {
  if (budget < 0 && range.canBeDynamic) return -1
  if (budget <= 0 && range.canBeOff) return 0
  return Math.min(Math.max(budget, range.minimum), range.maximum)
}

/** Raises the limit first, lowers the budget then. Undefined: no budget fits. */
function underLimit(
  budget: number,
  asked: number | undefined,
  { minimum, maxOutputTokens }: Range,
): { budget: number; maxOutputTokens: number | undefined } | undefined {
  const most = maxOutputTokens ?? Infinity
  // The server's own default may be less than the budget.
  const wanted = asked === undefined ? maxOutputTokens : asked > budget ? asked : budget + asked
  if (wanted === undefined) return { budget, maxOutputTokens: undefined }
  const limit = Math.min(wanted, most)
  if (limit > budget) return { budget, maxOutputTokens: limit }
  const lowered = Math.max(minimum, limit - ANSWER_ROOM)
  return lowered < limit ? { budget: lowered, maxOutputTokens: limit } : undefined
}

function limitOf(asked: number | undefined, { maxOutputTokens }: Range): { maxOutputTokens?: number } {
  return asked === undefined ? {} : { maxOutputTokens: Math.min(asked, maxOutputTokens ?? Infinity) }
}
