/** The smallest request that shows whether a model answers an account, and what its answer says. Pure. */
import { classifyFailure, readVersionText, type ClassifiedFailure } from "#shared/upstream-failure.ts"
import { field, items, textField } from "../../json.ts"

/** Enough for a word; a model that thinks may spend them all on that, which shows as much. */
const MAX_OUTPUT_TOKENS = 16

export interface ModelRequest {
  readonly model: string
  readonly projectId: string
  /** New for each request, and for each test. */
  readonly requestId: string
  readonly sessionId: string
}

export const isImageModel = (model: string): boolean => model.includes("image")

/** Its fields and their values are those that the upstream takes of any request: docs/reference/simulator.md tells its rules. */
export function modelRequest({ model, projectId, requestId, sessionId }: ModelRequest): object {
  return {
    project: projectId,
    requestId,
    model,
    userAgent: "antigravity",
    requestType: isImageModel(model) ? "image_gen" : "agent",
    request: {
      contents: [{ role: "user", parts: [{ text: isImageModel(model) ? "A dot." : "Say OK." }] }],
      generationConfig: configFor(model),
      sessionId,
    },
  }
}

function configFor(model: string): object {
  if (isImageModel(model)) return { imageConfig: { aspectRatio: "1:1", imageSize: "1K" } }
  // Claude has to be told that it shall not think.
  const thinking = model.startsWith("claude") ? { thinkingConfig: { includeThoughts: false, thinkingBudget: 0 } } : {}
  return { maxOutputTokens: MAX_OUTPUT_TOKENS, ...thinking }
}

/** Undefined: the model answered. `text` is the whole stream of events. */
export function failureInAnswer(text: string, projectId: string, now: number): ClassifiedFailure | undefined {
  const classify = (more: Partial<Parameters<typeof classifyFailure>[0]>): ClassifiedFailure =>
    classifyFailure({ status: 200, phase: "before-content", projectId, now, ...more })
  const events = eventsOf(text)
  if (events.length === 0) return classify(text.trim() === "" ? { network: "EMPTY" } : { body: text })
  let written = ""
  let hasContent = false
  let finish: string | undefined
  for (const data of events) {
    const event = parse(data)
    if (event === undefined) return classify({ network: "NOT_JSON" })
    const inner = field(event, "response") ?? event
    if (field(event, "error") !== undefined || field(inner, "error") !== undefined) return classify({ body: data })
    const blocked = textField(field(inner, "promptFeedback"), "blockReason")
    if (blocked !== undefined) return classify({ finish: blocked })
    const [candidate] = items(field(inner, "candidates"))
    for (const part of items(field(field(candidate, "content"), "parts"))) {
      hasContent ||= Object.keys(part ?? {}).length > 0
      written += textField(part, "text") ?? ""
    }
    finish = textField(candidate, "finishReason") ?? finish
  }
  if (readVersionText(written) !== "no") return classify({ text: written })
  if (finish === undefined) {
    return classify(hasContent ? { network: "NO_FINISH", phase: "after-content" } : { network: "EMPTY" })
  }
  // With the few tokens there are, an end of them without a word is an answer as well.
  if (finish === "MAX_TOKENS" || (finish === "STOP" && hasContent)) return undefined
  return hasContent ? classify({ finish }) : classify({ finish, network: "EMPTY" })
}

/** The data of server-sent events; in whatever way lines end. */
function eventsOf(text: string): string[] {
  return text
    .split(/(?:\r\n|\r|\n){2,}/)
    .map((block) =>
      block
        .split(/\r\n|\r|\n/)
        .flatMap((line) => /^data:? ?(.*)$/.exec(line)?.[1] ?? [])
        .join("\n"),
    )
    .filter((data) => data !== "" && data !== "[DONE]")
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data)
  } catch {
    return undefined // not JSON: the caller says so
  }
}
