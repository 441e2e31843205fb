/**
 * Every reason for which an upstream request differs from the client's, as data: `docs/reference/translation-diff.md` shows the same
 * rows and a test compares them. A sentence's words in braces are filled in by whoever finds the change.
 */
import type { TranslationKind } from "#shared/capture.ts"

export interface Reason {
  readonly kind: TranslationKind
  readonly sentence: string
}

const reason = (kind: TranslationKind, sentence: string): Reason => ({ kind, sentence })

export const REASONS = {
  "field-ignored": reason("ignored", "`{field}` has no meaning here: {why}."),
  "field-dropped": reason("dropped", "`{field}` is lost: {why}."),
  "field-unknown": reason("dropped", "`{field}` is no field that this gateway knows."),
  "part-lost": reason("dropped", "`{field}` is lost: its kind, or what it asks for, is not carried."),
  "field-written-anew": reason("changed", "`{field}` counts in another form: {why}."),
  "field-superseded": reason(
    "dropped",
    "`{field}` counts for nothing here: another field of the request says the same and wins.",
  ),

  "model-routed": reason("changed", "Model name `{asked}` → {how} → `{model}`."),
  "model-chain": reason("changed", "`{from}` could not be served (`{because}`), so `{model}` answers."),
  "model-search": reason(
    "changed",
    "The request is nothing but a web search and `{asked}` cannot search: `{model}` answers.",
  ),
  "kept-answer": reason("kept", "`{field}` decides how the answer is written; no upstream reads it."),
  "kept-session": reason(
    "kept",
    "`{field}` tells conversations apart; the upstream gets a session made of it, not the value.",
  ),
  "kept-choices": reason("kept", "Of {count} answers each is a call of its own upstream."),
  envelope: reason(
    "added",
    "The upstream's envelope: the account's project, the model, a new id for each attempt, the product's word, the kind of call and the conversation.",
  ),
  "text-made": reason("changed", "The text is made of `{field}`: {why}."),

  "limit-lowered": reason(
    "changed",
    "The output limit {asked} was lowered to the {sent} that the model writes at most.",
  ),
  "limit-raised": reason(
    "changed",
    "The output limit {asked} was raised to {sent}, above the thinking budget of {budget}.",
  ),
  "limit-added": reason(
    "added",
    "An output limit of {sent} was set: without one the upstream's own may be less than the thinking budget of {budget}.",
  ),
  "value-clamped": reason("changed", "`{field}` {asked} became {sent}: the model takes {low} to {high}."),
  "sampling-thinking": reason("dropped", "`{field}` is lost: a Claude does not take it while it thinks."),
  "sampling-both": reason("dropped", "`{field}` is lost: a Claude does not take it beside a temperature."),
  "sampling-none": reason("dropped", "`{field}` is lost: 0 and below mean none."),
  "seed-not-taken": reason("dropped", "`{field}` is lost: only Gemini's models take a seed, and only one of 32 bits."),
  "stop-excess": reason("dropped", "The stop sequence is lost: the upstream takes five."),
  "value-whole": reason("changed", "`{field}` {asked} became {sent}: the upstream takes whole numbers."),

  "thinking-budget": reason("changed", "{asked} is a thinking budget of {sent} tokens for this model."),
  "thinking-lowered": reason(
    "changed",
    "The thinking budget {asked} was lowered to the {sent} that the model or its output limit allows.",
  ),
  "thinking-raised": reason(
    "changed",
    "The thinking budget {asked} was raised to {sent}, the least that the model takes.",
  ),
  "thinking-off": reason("changed", "The client wants no thoughts: the budget is {sent}."),
  "thinking-by-name": reason("added", "The model's name asks for thinking: the budget is {sent}."),
  "thinking-not-asked": reason(
    "added",
    "Nobody asked for thinking: a Claude, which would think by itself, is told not to.",
  ),
  "thinking-unsupported": reason("dropped", "Thinking was asked for; the model's catalogue says that it cannot."),
  "thinking-forced-tool": reason(
    "dropped",
    "Thinking was asked for and is off: a Claude that must call a tool does not think.",
  ),
  "thinking-no-room": reason("dropped", "Thinking was asked for and is off: no budget fits under the output limit."),
  "thinking-unsigned": reason(
    "dropped",
    "Thinking was asked for and is off: a Claude would have to begin the open tool loop with a thought whose signature is lost.",
  ),
  "thoughts-shown": reason("added", "Thoughts are asked for: {why}."),

  "tool-choice": reason("changed", "The choice of tools is the mode `{sent}` upstream."),
  "tool-choice-default": reason(
    "added",
    "A Claude is told `VALIDATED`, which is its `auto` with a check of arguments.",
  ),
  "tool-choice-summary": reason("added", "No tool is to be called: the answer is a summary."),
  "tool-choice-silent": reason("dropped", "Nothing needs to be said for it: {why}."),
  "tool-choice-unknown": reason("dropped", "The choice names no tool of the request: the model decides."),
  "tool-not-allowed": reason("dropped", "Tool `{tool}` is not declared: it is not among those that may be called."),
  "tool-repeated": reason("dropped", "Tool `{tool}` is not declared: another of its name follows it."),
  "tool-not-declared": reason("dropped", "Tool `{tool}` is not declared: {why}."),
  "tool-renamed": reason(
    "renamed",
    "Tool name `{from}` became `{to}`: the model takes no such name. Answers have it as it was.",
  ),
  "tool-grouped": reason("renamed", "Tool `{tool}` of a group is `{to}` upstream, which knows no groups."),
  "tool-made": reason("added", "Tool `{tool}` is declared as a function in this gateway's own words."),
  "schema-changed": reason("changed", "Schema of `{tool}`, `{path}`: {change}."),
  "format-schema-changed": reason("changed", "Schema of the answer, `{path}`: {change}."),
  "format-told": reason(
    "moved",
    "The form of the answer is told in the system text: the upstream takes none for this model, or none beside tools.",
  ),
  "format-plain": reason("kept", "`{field}` means nothing: plain text is what an answer is anyway."),
  "format-name": reason("dropped", "`{field}` is lost: no upstream wants a name of the schema."),
  search: reason("changed", "The web search is the upstream's own tool `googleSearch`."),
  "search-lost": reason("dropped", "No search is made: {why}."),
  "image-look": reason("changed", "The image's shape and size became `{sent}`."),
  "image-look-lost": reason(
    "dropped",
    "`{field}` is lost: the model does not draw, or says nothing that an image model knows.",
  ),
  "image-by-name": reason("added", "The model's name asks for the image's shape or size."),
  "image-model": reason("dropped", "`{field}` is lost: image models refuse it."),
  "own-models": reason(
    "dropped",
    "`{field}` is lost: only Gemini's own models take it, and no tool may stand beside it.",
  ),

  "system-moved": reason("moved", "System text stands in `systemInstruction`."),
  "system-alone": reason("moved", "System text is the user's question: the request holds nothing else."),
  "attribution-dropped": reason(
    "dropped",
    "The attribution line is addressed to another vendor and would spoil the prompt cache.",
  ),
  "system-reminder": reason(
    "moved",
    "System text in the middle of the conversation stands in the user's turn, between `<system-reminder>` marks.",
  ),
  "part-misplaced": reason(
    "dropped",
    "A call of the user's, or a result of the model's, is left out: it cannot stand there.",
  ),
  "text-blank": reason("dropped", "An empty text is left out: the upstream refuses it."),
  "turns-merged": reason("merged", "Consecutive turns of the {role} are one: the upstream's turns alternate."),
  "parts-reordered": reason("moved", "The parts of a turn were put in order: {why}."),
  "placeholder-turn": reason(
    "added",
    "A first turn of the user was added: the conversation began with the model's, which the upstream refuses.",
  ),
  "prefill-moved": reason(
    "moved",
    "The answer that the client began stands in the user's turn, with a hint: a Claude refuses to go on with its own.",
  ),
  "gateway-text": reason("added", "A text of the gateway's own stands here: `{mark}`."),
  "thought-left-out": reason("dropped", "The thought is left out: nobody can sign it for this model."),
  "thought-joined": reason("merged", "The pieces of one thought are one: its signature is over the whole."),
  "thought-put-back": reason(
    "added",
    "A thought of an earlier answer was put back before the calls: a Claude wants it there, and the client did not return it.",
  ),
  "thought-without-text": reason(
    "changed",
    "The thought has no text; a Claude refuses an empty one, so a letter without width stands for it.",
  ),
  "signature-put-back": reason(
    "added",
    "The signature was put back: this gateway kept it of the answer that the client did not return it with.",
  ),
  "signature-opened": reason("changed", "The sealed signature that the client returned was opened."),
  "signature-stands-in": reason(
    "added",
    "Gemini's own word for no signature stands on the first call of the turn, whose signature is lost or never was.",
  ),
  "signature-left-out": reason(
    "dropped",
    "The signature is left out: it is not known here, or another family of models made it.",
  ),
  "call-id": reason(
    "renamed",
    "The call's id `{from}` became `{to}`: upstream it needs other letters, is used already, or is the upstream's own.",
  ),
  "call-id-added": reason("added", "The call has no id; `{to}` was made, because the model wants one."),
  "argument-placeholder": reason(
    "added",
    "The call has the argument that the tool's schema was given: the upstream refuses functions without one.",
  ),
  "result-missing": reason(
    "added",
    "The call has no result; the upstream wants one for each, so an error `no result` stands there.",
  ),
  "result-orphan": reason(
    "changed",
    "The result belongs to no call of the turn before it, so it is a text that says so.",
  ),
  "result-named": reason("changed", "The result's name `{from}` is `{to}`, as its call's."),
  "result-joined": reason("merged", "The texts of the result are one, a line each."),
  "result-media": reason("moved", "Media of a result stand after all results of the turn."),
  "media-fetched": reason("changed", "The file was fetched from its address at {host} and stands here itself."),
  "media-address": reason("moved", "The address goes to the upstream, which reads it itself."),
  "media-type": reason("changed", "The type of the file is `{sent}`: by its name, or by its first bytes."),
  "media-data": reason("changed", "The file's data are base64 in the form that the upstream takes."),
  "media-lost": reason("dropped", "The file is left out: turns of a model that does not draw hold none."),
  "summary-opened": reason("changed", "The sealed summary was opened."),
  "summary-lost": reason("dropped", "The sealed summary is left out: it cannot be opened here."),

  "not-compared": reason("unexplained", "The two were not compared: {why}."),
  "not-listed": reason("unexplained", "{count} more changes are not listed."),
  "client-unexplained": reason(
    "unexplained",
    "`{field}` is not found upstream, and nothing that this gateway does explains it.",
  ),
  "upstream-unexplained": reason(
    "unexplained",
    "`{field}` is in the upstream request, and nothing that this gateway does explains it.",
  ),
} as const satisfies Readonly<Record<string, Reason>>

export type ReasonCode = keyof typeof REASONS

/** Values are the client's own text, and cut. */
const MAX_VALUE = 120

export function sentenceOf(code: ReasonCode, values: Readonly<Record<string, unknown>>): string {
  return REASONS[code].sentence.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => shown(values[name]))
}

function shown(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing")
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE - 1)}…` : text
}
