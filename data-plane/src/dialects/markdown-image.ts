/** An image of an answer as a line of Markdown, for wires that have no place for images; and back, when the client returns it. */
import type { MediaPart } from "../canonical/part.ts"

const WRITTEN = /^!\[image\]\(data:(image\/[a-z0-9.+-]+);base64,([A-Za-z0-9+/]+={0,2})\)$/

export function markdownImage(mediaType: string, data: string): string {
  return `![image](data:${mediaType};base64,${data})`
}

/** Only a text that is nothing but what `markdownImage` wrote: whatever else a client has is its own. */
export function readMarkdownImage(text: string): MediaPart | undefined {
  if (!text.startsWith("![image](data:image/")) return undefined
  const [, mediaType, data] = WRITTEN.exec(text) ?? []
  return mediaType === undefined || data === undefined ? undefined : { type: "media", mediaType, data }
}
