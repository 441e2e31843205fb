/** Thinking and the output limit, which depend on each other. */
import type { ReasoningAsk } from "../canonical/reasoning.ts"
import { forcesTool } from "../dialects/gemini/encode-request.ts"
import { modelFamily } from "../dialects/model-family.ts"
import { isObject, type WireObject } from "../dialects/read-wire.ts"
import { thinkingConfigFor, type Thinking } from "../thinking/budget.ts"
import type { ClientLeaf } from "./client-fields.ts"
import type { OptionFacts } from "./explain-options.ts"
import { fieldOf, type Ledger } from "./ledger.ts"
import { pointerOf } from "./pointers.ts"

const LIMIT = "/request/generationConfig/maxOutputTokens"
const THINKING = "/request/generationConfig/thinkingConfig"

export function explainThinking(ledger: Ledger, config: WireObject, facts: OptionFacts): void {
  const sent = config["thinkingConfig"]
  explainBudget(ledger, isObject(sent) ? sent : undefined, facts)
  const wanted = facts.request.reasoning ?? facts.byName
  // Thinking may have been turned off on the way.
  const limits = [wanted, wanted === undefined ? undefined : ({ kind: "off", show: false } as const)].map(
    (asked) => madeFor(asked, facts).maxOutputTokens,
  )
  explainLimit(ledger, config["maxOutputTokens"], {
    budget: isObject(sent) ? Number(sent["thinkingBudget"]) : 0,
    asked: facts.request.sampling.maxOutputTokens,
    limits,
  })
}

function madeFor(asked: ReasoningAsk | undefined, { request, target }: OptionFacts): Thinking {
  return thinkingConfigFor({
    family: modelFamily(target.id),
    model: target,
    asked,
    maxOutputTokens: request.sampling.maxOutputTokens,
    forcesTool: forcesTool(request),
  })
}

interface Limit {
  readonly budget: number
  readonly asked: number | undefined
  /** Such as this gateway sets. */
  readonly limits: readonly (number | undefined)[]
}

function explainLimit(ledger: Ledger, sent: unknown, { budget, asked, limits }: Limit): void {
  const leaves = ledger.asking("limit")
  const leaf = leaves.find(({ value }) => typeof value === "number" && Math.trunc(value) === asked)
  for (const one of leaves) {
    if (one !== leaf) ledger.note("field-superseded", { field: fieldOf(one.pointer) }, { client: one.pointer })
  }
  if (typeof sent !== "number" || !limits.includes(sent)) return
  const at = { client: leaf?.pointer, upstream: LIMIT }
  if (sent === asked) ledger.carried(leaf?.pointer, LIMIT)
  else if (asked === undefined && budget > 0) ledger.note("limit-added", { sent, budget }, at)
  else if (asked !== undefined && sent < asked) ledger.note("limit-lowered", { asked, sent }, at)
  else if (asked !== undefined && budget > 0 && sent > budget) ledger.note("limit-raised", { asked, sent, budget }, at)
}

function explainBudget(ledger: Ledger, sent: WireObject | undefined, facts: OptionFacts): void {
  const leaves = ledger.asking("thinking")
  const [first] = leaves
  const asked = facts.request.reasoning
  const family = modelFamily(facts.target.id)
  const settle = (code: Parameters<Ledger["note"]>[0], values: Readonly<Record<string, unknown>>): void => {
    const leaf = leafOf(leaves, asked) ?? first
    ledger.note(code, values, { client: leaf?.pointer, ...(sent === undefined ? {} : { upstream: THINKING }) })
    for (const { pointer } of leaves) ledger.client.settle(pointer)
  }
  const wanted = asked ?? facts.byName
  if (wanted === undefined) {
    if (sent === undefined) return keptOnly(ledger, leaves)
    if (family === "claude" && isOff(sent)) ledger.note("thinking-not-asked", {}, { upstream: THINKING })
    return keptOnly(ledger, leaves)
  }
  const made = madeFor(wanted, facts)
  const budget = sent?.["thinkingBudget"]
  const isAsMade = made.config?.thinkingBudget === budget
  if (wanted.kind !== "off" && (budget === undefined || budget === 0)) {
    if (!isAsMade) return family === "claude" && isOff(sent) ? settle("thinking-unsigned", {}) : undefined
    const isTold = sent === undefined || sent["includeThoughts"] === false
    if (isTold && made.dropped.length > 0) return settle(lossOf(facts), {})
  }
  if (!isAsMade || made.config?.includeThoughts !== sent?.["includeThoughts"]) return
  tellShown(ledger, leaves, sent, wanted)
  if (asked === undefined) return settle("thinking-by-name", { sent: budget })
  if (asked.kind === "off") return settle("thinking-off", { sent: budget })
  if (asked.kind === "budget") {
    const leaf = leaves.find(({ value }) => Number(value) === asked.tokens)
    if (asked.tokens === budget) {
      ledger.carried(leaf?.pointer, THINKING)
      for (const { pointer } of leaves) ledger.client.settle(pointer)
      return
    }
    return settle(Number(budget) < asked.tokens ? "thinking-lowered" : "thinking-raised", {
      asked: asked.tokens,
      sent: budget,
    })
  }
  settle("thinking-budget", {
    asked: asked.kind === "effort" ? `The effort ${asked.level}` : "Thinking at the model's own measure",
    sent: budget,
  })
}

function isOff(sent: WireObject | undefined): boolean {
  return sent?.["thinkingBudget"] === 0 && sent["includeThoughts"] === false
}

/** A switch that only says whether thoughts are shown. */
function keptOnly(ledger: Ledger, leaves: readonly ClientLeaf[]): void {
  for (const { pointer, row } of leaves)
    ledger.note("kept-answer", { field: fieldOf(pointer) }, { client: pointer, rule: row })
}

function tellShown(
  ledger: Ledger,
  leaves: readonly ClientLeaf[],
  sent: WireObject | undefined,
  wanted: ReasoningAsk,
): void {
  if (sent?.["includeThoughts"] !== true) return
  if (leaves.some(({ pointer, value }) => value === true && /include_?thoughts$/i.test(pointer))) return
  const why = wanted.show
    ? "the client is shown them"
    : "the next turn of a Claude needs their signature, though the client is not shown them"
  ledger.tell("thoughts-shown", { why }, { upstream: pointerOf(THINKING, "includeThoughts") })
}

function leafOf(leaves: readonly ClientLeaf[], asked: ReasoningAsk | undefined): ClientLeaf | undefined {
  if (asked?.kind === "budget") return leaves.find(({ value }) => Number(value) === asked.tokens)
  if (asked?.kind === "effort") return leaves.find(({ value }) => String(value).toLowerCase() === asked.level)
  return undefined
}

function lossOf({ request, target }: OptionFacts) {
  if (target.catalogue?.supportsThinking === false) return "thinking-unsupported"
  if (modelFamily(target.id) === "claude" && forcesTool(request)) return "thinking-forced-tool"
  return "thinking-no-room"
}
