/**
 * Reads `text/event-stream` bytes into the data of its events, however the bytes were cut. Every byte is looked at a fixed number
 * of times: nothing is split or searched again as an event grows.
 */
import { GatewayError } from "../canonical/error.ts"

export interface SseReaderOptions {
  /** No event, and no single line, may be longer. */
  readonly maxEventBytes: number
}

export interface SseReader {
  /** Calls `onEvent` for each event that `chunk` completes. Throws `upstream_failed` when an event is too long; then it is over. */
  push(chunk: Buffer): void
  /** No more bytes: an event whose closing blank line never came is delivered too. */
  end(): void
}

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const COLON = 0x3a
const SPACE = 0x20
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf])
const DATA = Buffer.from("data")
const FIRST_HELD_BYTES = 1024

/** Only `data` fields count; comments, other fields, empty data and `[DONE]` are skipped. Event names do not exist upstream. */
export function createSseReader(onEvent: (data: string) => void, options: SseReaderOptions): SseReader {
  return new Reader(onEvent, options.maxEventBytes)
}

class Reader implements SseReader {
  private readonly onEvent: (data: string) => void
  private readonly maxEventBytes: number
  /** A line whose end has not come yet. */
  private readonly held = new HeldBytes()
  private data: string | undefined
  /** Further data lines of the event; joined once. */
  private moreData: string[] | undefined
  private eventBytes = 0
  private firstLine = true
  /** The last chunk ended in CR: a LF at the start of the next belongs to it. */
  private afterCarriageReturn = false
  private over = false

  constructor(onEvent: (data: string) => void, maxEventBytes: number) {
    this.onEvent = onEvent
    this.maxEventBytes = maxEventBytes
  }

  push(chunk: Buffer): void {
    if (this.over || chunk.length === 0) return
    let start = this.afterCarriageReturn && chunk[0] === LINE_FEED ? 1 : 0
    this.afterCarriageReturn = false
    let lineFeed = chunk.indexOf(LINE_FEED, start)
    let carriageReturn = chunk.indexOf(CARRIAGE_RETURN, start)
    while (lineFeed >= 0 || carriageReturn >= 0) {
      const byFeed = carriageReturn < 0 || (lineFeed >= 0 && lineFeed < carriageReturn)
      const end = byFeed ? lineFeed : carriageReturn
      this.lineEnd(chunk, start, end)
      start = end + 1
      if (!byFeed) {
        if (start === chunk.length) this.afterCarriageReturn = true
        else if (chunk[start] === LINE_FEED) start += 1
      }
      // Each search goes on from where the last one stopped, so that a chunk is searched once for each of the two bytes.
      if (lineFeed >= 0 && lineFeed < start) lineFeed = chunk.indexOf(LINE_FEED, start)
      if (carriageReturn >= 0 && carriageReturn < start) carriageReturn = chunk.indexOf(CARRIAGE_RETURN, start)
    }
    if (start < chunk.length) this.hold(chunk, start)
  }

  end(): void {
    if (this.over) return
    if (this.held.length > 0) this.heldLine()
    this.dispatch()
    this.over = true
  }

  private lineEnd(chunk: Buffer, start: number, end: number): void {
    if (this.held.length === 0) {
      this.limit(end - start)
      this.line(chunk, start, end)
    } else {
      this.hold(chunk, start, end)
      this.heldLine()
    }
  }

  private hold(chunk: Buffer, start: number, end = chunk.length): void {
    this.limit(this.held.length + end - start)
    this.held.append(chunk, start, end)
  }

  private heldLine(): void {
    const line = this.held.take()
    this.line(line, 0, line.length)
  }

  private line(bytes: Buffer, from: number, end: number): void {
    let start = from
    if (this.firstLine) {
      this.firstLine = false
      if (startsWith(bytes, start, end, BYTE_ORDER_MARK)) start += BYTE_ORDER_MARK.length
    }
    if (start === end) return this.dispatch()
    if (!startsWith(bytes, start, end, DATA)) return
    let value = start + DATA.length
    if (value < end) {
      if (bytes[value] !== COLON) return
      value += 1
      if (value < end && bytes[value] === SPACE) value += 1
    }
    this.eventBytes += end - start
    this.addData(bytes.toString("utf8", value, end))
  }

  private addData(text: string): void {
    if (this.data === undefined) this.data = text
    else if (this.moreData === undefined) this.moreData = [this.data, text]
    else this.moreData.push(text)
  }

  private dispatch(): void {
    const data = this.moreData === undefined ? this.data : this.moreData.join("\n")
    this.data = undefined
    this.moreData = undefined
    this.eventBytes = 0
    if (data !== undefined && data !== "" && data !== "[DONE]") this.onEvent(data)
  }

  private limit(lineBytes: number): void {
    if (this.eventBytes + lineBytes <= this.maxEventBytes) return
    this.over = true
    throw new GatewayError("upstream_failed", `The upstream sent an event of more than ${this.maxEventBytes} bytes.`)
  }
}

/** A byte buffer that doubles when it is full, so that appending costs linear time whatever the pieces. */
class HeldBytes {
  length = 0
  private buffer: Buffer = Buffer.alloc(0)

  append(source: Buffer, start: number, end: number): void {
    const needed = this.length + end - start
    if (needed > this.buffer.length) this.grow(needed)
    source.copy(this.buffer, this.length, start, end)
    this.length = needed
  }

  /** What was held; valid until the next `append`. A large buffer is let go with it. */
  take(): Buffer {
    const taken = this.buffer.subarray(0, this.length)
    this.length = 0
    if (this.buffer.length > FIRST_HELD_BYTES * 64) this.buffer = Buffer.alloc(0)
    return taken
  }

  private grow(needed: number): void {
    const larger = Buffer.allocUnsafe(Math.max(needed, this.buffer.length * 2, FIRST_HELD_BYTES))
    this.buffer.copy(larger, 0, 0, this.length)
    this.buffer = larger
  }
}

function startsWith(bytes: Buffer, start: number, end: number, prefix: Buffer): boolean {
  if (end - start < prefix.length) return false
  for (let index = 0; index < prefix.length; index += 1) if (bytes[start + index] !== prefix[index]) return false
  return true
}
