import type { ServerResponse } from "node:http"

/** Ends a response with a JSON document that nobody may keep. */
export function answerJson(response: ServerResponse, status: number, value: object): void {
  if (response.headersSent || response.destroyed) return
  const body = JSON.stringify(value)
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
  })
  response.end(body)
}
