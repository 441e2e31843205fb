import type { IncomingMessage } from "node:http"

/**
 * Whether a request may stem from a page that is not ours. One without an admin token has to carry `x-csrf`, which a form of another site
 * cannot send; with `SameSite=Strict` and no CORS that is the third fence.
 */
export function isForged({ headers }: IncomingMessage): boolean {
  if (headers.authorization !== undefined) return false
  const site = headers["sec-fetch-site"]
  return headers["x-csrf"] === undefined || (site !== undefined && site !== "same-origin" && site !== "none")
}

export const FORGED = "Send the header x-csrf from our own pages, or an admin token."
