/** What of a client's request head may be kept: nothing by which anybody proves who they are. */
import { CAPTURED_HEADERS, type CapturedRequest } from "#shared/capture.ts"
import { headerText, type Incoming } from "../server/incoming.ts"

const LONGEST = 4_096

export function capturedHead(
  incoming: Pick<Incoming, "segments" | "query" | "headers">,
): Omit<CapturedRequest, "body"> {
  const headers = CAPTURED_HEADERS.flatMap((name) => {
    const value = headerText(incoming, name)
    return value === undefined ? [] : [[name, value.slice(0, LONGEST)] as const]
  })
  return {
    path: incoming.segments.map(encodeSegment).join("/").slice(0, LONGEST),
    query: knownOf(incoming.query).slice(0, LONGEST),
    headers: Object.fromEntries(headers),
  }
}

/** A colon stands before a method of Gemini's, and need not be escaped. */
function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replaceAll("%3A", ":")
}

/** Of any other, name and value may be a key: a client that errs in the spelling sends it all the same. */
const CAPTURED_PARAMETERS: ReadonlySet<string> = new Set(["alt", "$alt", "api-version", "beta"])

function knownOf(query: URLSearchParams): string {
  return new URLSearchParams([...query].filter(([name]) => CAPTURED_PARAMETERS.has(name))).toString()
}
