/**
 * The upstream's own calls about an account: `loadCodeAssist`, `onboardUser`, `fetchAvailableModels`. Every answer is a value;
 * nothing here decides what an account's state becomes.
 */
import { requestJson, type JsonAnswer } from "#shared/outbound/request-json.ts"
import type { Secret } from "#shared/secret.ts"
import { classifyFailure, type ClassifiedFailure } from "#shared/upstream-failure.ts"
import type { Clock } from "../../clock.ts"
import type { SettingValues } from "../../settings/table.ts"
import type { Outbound } from "../../outbound.ts"

export type CallAnswer =
  /** `isFirst`: of the addresses that were asked the first one answered. */
  | { readonly type: "answer"; readonly json: unknown; readonly isFirst: boolean }
  | { readonly type: "failure"; readonly status: number; readonly failure: ClassifiedFailure }
  /** Nothing was answered, or nothing that can be read. */
  | { readonly type: "unreachable"; readonly message: string }

/** These say something about the place, not about the account: the next address is tried. */
const NEXT_HOST_STATUS = new Set([404, 408, 500, 502, 504])
const TIMEOUT_MS = 15_000

export type StreamAnswer =
  /** A whole stream of events, which may hold an error all the same. */
  { readonly type: "stream"; readonly text: string } | Exclude<CallAnswer, { type: "answer" }>

export interface AntigravityCalls {
  /** `method` is the part after `v1internal:`. `projectId` is what the body names, for the classification. */
  call(method: string, body: object, accessToken: Secret<string>, projectId?: string): Promise<CallAnswer>
  /** The same at one address and no other. */
  callAt(
    base: string,
    method: string,
    body: object,
    accessToken: Secret<string>,
    projectId?: string,
  ): Promise<CallAnswer>
  /** Generates, and waits for the end: for requests whose answers are small. */
  generate(body: object, accessToken: Secret<string>, projectId: string, timeoutMs: number): Promise<StreamAnswer>
}

export function createAntigravityCalls(
  settings: () => SettingValues,
  outbound: Outbound,
  clock: Clock,
): AntigravityCalls {
  async function send(
    base: string,
    method: string,
    body: object,
    accessToken: Secret<string>,
    { accept, timeoutMs = TIMEOUT_MS }: { readonly accept?: string; readonly timeoutMs?: number } = {},
  ): Promise<JsonAnswer | string> {
    const headers = {
      authorization: `Bearer ${accessToken.reveal()}`,
      "user-agent": settings().ANTIGRAVITY_USER_AGENT,
      ...(accept === undefined ? {} : { accept }),
    }
    const url = `${base}/v1internal:${method}`
    try {
      return await requestJson({ method: "POST", url, headers, body, timeoutMs, ...outbound })
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }

  function failureOf(answer: JsonAnswer, projectId: string | undefined): CallAnswer & { type: "failure" } {
    const failure = classifyFailure({
      status: answer.status,
      headers: answer.headers,
      body: answer.text,
      phase: "before-content",
      now: clock.now(),
      ...(projectId === undefined ? {} : { projectId }),
    })
    return { type: "failure", status: answer.status, failure }
  }

  /** The first address that answers; the next is tried where an answer says something about the place alone. */
  async function atEach<Answer>(
    bases: readonly string[],
    method: string,
    ask: (base: string) => Promise<JsonAnswer | string>,
    read: (answer: JsonAnswer) => Answer | undefined,
    projectId: string | undefined,
  ): Promise<Answer | Exclude<CallAnswer, { type: "answer" }>> {
    let last: Exclude<CallAnswer, { type: "answer" }> = {
      type: "unreachable",
      message: "No upstream address is configured.",
    }
    for (const base of bases) {
      const answer = await ask(base)
      if (typeof answer === "string") {
        last = { type: "unreachable", message: `${method} cannot be reached: ${answer}` }
        continue
      }
      const good = answer.status === 200 ? read(answer) : undefined
      if (good !== undefined) return good
      last = failureOf(answer, projectId)
      if (!NEXT_HOST_STATUS.has(answer.status)) return last
    }
    return last
  }

  function callAt(
    bases: readonly string[],
    method: string,
    body: object,
    accessToken: Secret<string>,
    projectId?: string,
  ): Promise<CallAnswer> {
    let asked = 0
    const ask = (base: string) => {
      asked += 1
      return send(base, method, body, accessToken)
    }
    const read = ({ json }: JsonAnswer): (CallAnswer & { type: "answer" }) | undefined =>
      json === undefined ? undefined : { type: "answer", json, isFirst: asked === 1 }
    return atEach(bases, method, ask, read, projectId)
  }

  return {
    call: (method, body, accessToken, projectId) =>
      callAt(settings().ANTIGRAVITY_BASE_URLS, method, body, accessToken, projectId),
    callAt: (base, method, body, accessToken, projectId) => callAt([base], method, body, accessToken, projectId),
    generate: (body, accessToken, projectId, timeoutMs) => {
      const method = "streamGenerateContent"
      const how = { accept: "text/event-stream", timeoutMs }
      const ask = (base: string) => send(base, `${method}?alt=sse`, body, accessToken, how)
      const read = ({ text }: JsonAnswer): StreamAnswer => ({ type: "stream", text })
      return atEach(settings().ANTIGRAVITY_BASE_URLS, method, ask, read, projectId)
    },
  }
}
