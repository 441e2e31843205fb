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
  | { readonly type: "answer"; readonly json: unknown }
  | { readonly type: "failure"; readonly status: number; readonly failure: ClassifiedFailure }
  /** Nothing was answered, or nothing that can be read. */
  | { readonly type: "unreachable"; readonly message: string }

/** These say something about the place, not about the account: the next address is tried. */
const NEXT_HOST_STATUS = new Set([404, 408, 500, 502, 504])
const TIMEOUT_MS = 15_000

export interface AntigravityCalls {
  /** `method` is the part after `v1internal:`. `projectId` is what the body names, for the classification. */
  call(method: string, body: object, accessToken: Secret<string>, projectId?: string): Promise<CallAnswer>
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
  ): Promise<JsonAnswer | string> {
    const headers = { authorization: `Bearer ${accessToken.reveal()}`, "user-agent": settings().ANTIGRAVITY_USER_AGENT }
    const url = `${base}/v1internal:${method}`
    try {
      return await requestJson({ method: "POST", url, headers, body, timeoutMs: TIMEOUT_MS, ...outbound })
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }

  return {
    call: async (method, body, accessToken, projectId) => {
      let last: CallAnswer = { type: "unreachable", message: "No upstream address is configured." }
      for (const base of settings().ANTIGRAVITY_BASE_URLS) {
        const answer = await send(base, method, body, accessToken)
        if (typeof answer === "string") {
          last = { type: "unreachable", message: `${method} cannot be reached: ${answer}` }
          continue
        }
        if (answer.status === 200 && answer.json !== undefined) return { type: "answer", json: answer.json }
        const failure = classifyFailure({
          status: answer.status,
          headers: answer.headers,
          body: answer.text,
          phase: "before-content",
          now: clock.now(),
          ...(projectId === undefined ? {} : { projectId }),
        })
        last = { type: "failure", status: answer.status, failure }
        if (!NEXT_HOST_STATUS.has(answer.status)) return last
      }
      return last
    },
  }
}
