/** Sends whole answers: JSON, HTML and the refusals. */
import type { Refusal } from "./refusals.ts"
import type { Exchange } from "./wire.ts"

/** Sends a body that is known whole: an object as JSON, a string as it is. */
export async function sendRefusal(
  exchange: Exchange,
  refusal: Refusal,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const bytes = Buffer.from(typeof refusal.body === "string" ? refusal.body : JSON.stringify(refusal.body ?? {}))
  const zipped = /\bgzip\b/.test(exchange.headers["accept-encoding"] ?? "")
  exchange.head(refusal.status, {
    "content-type": "application/json; charset=UTF-8",
    ...headers,
    ...refusal.headers,
    // Without the length the body goes out gzipped and chunked, as the upstream does it.
    ...(zipped ? {} : { "content-length": String(bytes.length) }),
  })
  await exchange.end(bytes)
}

/** Sends a page. */
export async function sendPage(exchange: Exchange, status: number, html: string): Promise<void> {
  await sendRefusal(exchange, { status, body: html }, { "content-type": "text/html; charset=utf-8" })
}

/** Sends the browser elsewhere. */
export async function sendRedirect(exchange: Exchange, address: string): Promise<void> {
  await sendRefusal(
    exchange,
    { status: 302, body: "" },
    { location: address, "content-type": "text/html; charset=utf-8" },
  )
}
