/** What the vendor's own tools found on the web in an earlier turn, as text of that turn. */
import type { Part, TextPart } from "../../canonical/part.ts"
import { decodeDocument, type Findings } from "../content-blocks.ts"
import { isObject, type WireObject } from "../read-wire.ts"

/** Title and address of each page, a line each. A search that failed is recorded. */
export function decodeWebSearch(block: WireObject, path: string, findings: Findings): TextPart | undefined {
  const { content } = block
  if (!Array.isArray(content)) {
    findings.dropped.push(path)
    return undefined
  }
  const lines = content.filter(isObject).flatMap(({ title, url }) => linesOf(title, url))
  return lines.length === 0 ? undefined : { type: "text", text: lines.join("\n") }
}

/** The page's address, then its text or document. A fetch that failed is recorded. */
export function decodeWebFetch(block: WireObject, path: string, findings: Findings): readonly Part[] {
  const { content } = block
  if (!isObject(content) || content["type"] !== "web_fetch_result") {
    findings.dropped.push(path)
    return []
  }
  const { url, content: document } = content
  const address = linesOf(url).map((text): TextPart => ({ type: "text", text }))
  return isObject(document) ? [...address, ...decodeDocument(document, `${path}.content.content`)] : address
}

function linesOf(...words: readonly unknown[]): readonly string[] {
  return words.filter((word) => typeof word === "string" && word !== "").map(String)
}
