/**
 * Google Antigravity (Cloud Code Assist, `v1internal`): the Gemini dialect in an envelope, always streamed. An address, headers and
 * the envelope live here; no translation, and nothing that would make us look like another client.
 */
import type { Upstream } from "../upstream.ts"
import { textUnwrapper, unwrapEvent, wrapBody } from "./envelope.ts"

const STREAM_PATH = "/v1internal:streamGenerateContent?alt=sse"

export const antigravity: Upstream = {
  kind: "antigravity",
  dialect: "gemini",
  hosts: (settings) => settings.antigravityBaseUrls,
  outgoing: (call) => ({
    path: STREAM_PATH,
    headers: {
      authorization: `Bearer ${call.accessToken}`,
      "content-type": "application/json",
      "user-agent": call.settings.antigravityUserAgent,
      accept: "text/event-stream",
      "accept-encoding": "identity",
    },
    body: wrapBody(call),
  }),
  unwrap: unwrapEvent,
  textUnwrapper,
}
