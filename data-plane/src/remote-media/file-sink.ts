/** Takes a file's bytes as they come and makes a part of it, a chunk at a time: no step works through a whole file. */
import type { MediaKind } from "../canonical/part.ts"
import { isTextType, SNIFF_BYTES } from "../dialects/media-type.ts"
import type { ReadMedia } from "../dialects/read-media.ts"
import { FetchFailure } from "./fetch-failure.ts"
import { fileType } from "./file-type.ts"

export interface FileSink {
  /** Throws `FetchFailure` as soon as it is clear that the file cannot be taken. */
  chunk(bytes: Buffer): void
  /** The whole file's part. */
  end(): ReadMedia
}

export interface FileSinkOptions {
  readonly accepts: MediaKind
  readonly contentType: string | undefined
  readonly declared: string | undefined
}

export function createFileSink(options: FileSinkOptions): FileSink {
  return new TypedSink(options)
}

/** Holds the beginning until it tells what the file is. */
class TypedSink implements FileSink {
  readonly #options: FileSinkOptions
  #beginning: Buffer = Buffer.alloc(0)
  #sink: FileSink | undefined

  constructor(options: FileSinkOptions) {
    this.#options = options
  }

  chunk(bytes: Buffer): void {
    if (this.#sink !== undefined) return this.#sink.chunk(bytes)
    this.#beginning = this.#beginning.length === 0 ? bytes : Buffer.concat([this.#beginning, bytes])
    if (this.#beginning.length >= SNIFF_BYTES) this.#decide()
  }

  end(): ReadMedia {
    if (this.#sink === undefined && this.#beginning.length === 0) throw new FetchFailure("it is empty")
    return (this.#sink ?? this.#decide()).end()
  }

  #decide(): FileSink {
    const { accepts, contentType, declared } = this.#options
    const beginning = this.#beginning
    const mediaType = fileType({ contentType, declared, beginning }, accepts)
    const sink = isTextType(mediaType) ? new TextSink(charsetOf(contentType)) : new Base64Sink(mediaType)
    this.#sink = sink
    this.#beginning = Buffer.alloc(0)
    sink.chunk(beginning)
    return sink
  }
}

class Base64Sink implements FileSink {
  readonly #mediaType: string
  readonly #pieces: string[] = []
  /** Bytes that do not fill a group of three. */
  #rest: Buffer = Buffer.alloc(0)

  constructor(mediaType: string) {
    this.#mediaType = mediaType
  }

  chunk(bytes: Buffer): void {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    const whole = all.length - (all.length % 3)
    this.#pieces.push(all.toString("base64", 0, whole))
    this.#rest = Buffer.from(all.subarray(whole))
  }

  end(): ReadMedia {
    this.#pieces.push(this.#rest.toString("base64"))
    return { type: "media", mediaType: this.#mediaType, data: this.#pieces.join("") }
  }
}

class TextSink implements FileSink {
  readonly #decoder: TextDecoder
  #text = ""

  constructor(charset: string) {
    try {
      this.#decoder = new TextDecoder(charset, { fatal: true })
    } catch {
      throw new FetchFailure(`it is in the unknown charset ${charset.slice(0, 40)}`)
    }
  }

  chunk(bytes: Buffer): void {
    this.#text += this.#decoded(() => this.#decoder.decode(bytes, { stream: true }))
  }

  end(): ReadMedia {
    return { type: "text", text: this.#text + this.#decoded(() => this.#decoder.decode()) }
  }

  #decoded(decode: () => string): string {
    try {
      return decode()
    } catch {
      throw new FetchFailure("it is not valid text in its charset")
    }
  }
}

function charsetOf(contentType: string | undefined): string {
  return /;\s*charset="?([^";\s]+)/i.exec(contentType ?? "")?.[1] ?? "utf-8"
}
