import type { GatewayError } from "../canonical/error.ts"
import type { Clock } from "../clock.ts"
import type { ClientSide, ErrorContext } from "../dialects/dialect.ts"
import { headerText, type Incoming } from "./incoming.ts"
import type { Responder } from "./responder.ts"

/** How long a body that is not wanted is still taken, so that a client which sends before it reads gets to read the answer. */
const LINGER_MS = 1_000

/** A whole error answer in the client's dialect. */
export function errorAnswer(
  incoming: Incoming,
  responder: Responder,
  dialect: ClientSide,
  error: GatewayError,
  clock: Clock,
  context: ErrorContext & { readonly headers?: Readonly<Record<string, string>> },
): void {
  const { status, headers, body } = dialect.encodeError(error, context)
  const isUnread = !incoming.request.complete && mayHaveBody(incoming)
  const closing: Record<string, string> = error.code === "request_too_large" || isUnread ? { connection: "close" } : {}
  const all = { "content-type": "application/json", ...headers, ...context.headers, ...closing }
  const finish = responder.answerOpen(status, all, JSON.stringify(body))
  if (!isUnread) return finish()
  const timer = clock.after(LINGER_MS, finish)
  incoming.request.once("end", () => {
    timer.clear()
    finish()
  })
  incoming.request.resume()
}

/** HTTP/2 tells no length before the body is there. */
function mayHaveBody(incoming: Incoming): boolean {
  if (incoming.request.httpVersionMajor >= 2 || headerText(incoming, "transfer-encoding") !== undefined) return true
  return Number(headerText(incoming, "content-length") ?? 0) > 0
}
