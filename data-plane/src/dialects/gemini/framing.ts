/** How events of a streamed answer stand on the wire: server-sent events, or the elements of one JSON list. */
import type { Framing } from "./extra.ts"

export interface Frames {
  readonly contentType: string
  /** One event's JSON, ready to be written. */
  event(json: string): string
  /** What closes the answer. */
  end(): string
  /** Something that means nothing, for a silence; nothing before the first event, and never a comment. */
  keepAlive(): string
  /** What must follow an error in a write of its own: older parsers see an error only in a read that is nothing but its JSON. */
  afterError(json: string): string | undefined
}

export function createFrames(framing: Framing): Frames {
  return framing === "list" ? new ListFrames() : new EventFrames()
}

/** Parsers that look for `data: ` at the buffer's begin die of anything else between two events. */
class EventFrames implements Frames {
  readonly contentType = "text/event-stream; charset=utf-8"
  private hasBegun = false

  event(json: string): string {
    this.hasBegun = true
    return `data: ${json}\n\n`
  }

  end(): string {
    return ""
  }

  keepAlive(): string {
    return this.hasBegun ? this.event('{"candidates":[]}') : ""
  }

  afterError(json: string): string {
    return json
  }
}

/** White space between two elements is nothing. */
class ListFrames implements Frames {
  readonly contentType = "application/json"
  private hasBegun = false

  event(json: string): string {
    const opening = this.hasBegun ? ",\r\n" : "["
    this.hasBegun = true
    return opening + json
  }

  end(): string {
    return this.hasBegun ? "]" : "[]"
  }

  keepAlive(): string {
    return this.hasBegun ? "\n" : ""
  }

  afterError(): undefined {}
}
