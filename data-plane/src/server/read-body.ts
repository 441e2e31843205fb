/** Reads a request's body within its limits, unpacked. Nothing beyond a limit is kept, whatever the client says of its length. */
import * as zlib from "node:zlib"
import { GatewayError } from "../canonical/error.ts"
import { abortReason } from "../clock.ts"
import { headerText, type Incoming } from "./incoming.ts"

/** After unpacking. */
export const MAX_BODY_BYTES = 64 * 1024 * 1024
/** Text packs to a tenth, seldom to a thirtieth; a bomb packs to a thousandth. */
const MAX_RATIO = 100
/** Below this a high ratio does no harm. */
const RATIO_FREE_BYTES = 1024 * 1024

/** 8 MiB, as the content coding is defined; a frame may ask for more memory than its body is large. */
const ZSTD_WINDOW_LOG = 23

type Unpacker = zlib.Gunzip | zlib.Inflate | zlib.BrotliDecompress

interface Zstd {
  readonly createZstdDecompress?: (options: { readonly params: Readonly<Record<number, number>> }) => Unpacker
  readonly constants: typeof zlib.constants & { readonly ZSTD_d_windowLogMax?: number }
}

/** Not in every runtime that we run on, and not in the types of the oldest. */
const { createZstdDecompress, constants }: Zstd = zlib

export interface BodyLimits {
  readonly maxBytes: number
}

/** The body. Throws `request_too_large`, `unsupported_encoding` or `invalid_request`; rejects with the signal's reason. */
export function readBody(
  incoming: Incoming,
  signal: AbortSignal,
  limits: BodyLimits = { maxBytes: MAX_BODY_BYTES },
): Promise<Buffer> {
  const encoding = (headerText(incoming, "content-encoding") ?? "identity").trim().toLowerCase()
  if (!ENCODINGS.has(encoding)) {
    return Promise.reject(
      new GatewayError(
        "unsupported_encoding",
        `The content-encoding ${encoding.slice(0, 40)} is not supported; use gzip, deflate, br${createZstdDecompress === undefined ? "" : ", zstd"} or none.`,
      ),
    )
  }
  if (Number(headerText(incoming, "content-length") ?? 0) > limits.maxBytes)
    return Promise.reject(tooLarge(limits.maxBytes))
  return new Promise((resolve, reject) => {
    new BodyReader(incoming, encoding, limits.maxBytes, signal, resolve, reject).start()
  })
}

function tooLarge(maxBytes: number): GatewayError {
  return new GatewayError(
    "request_too_large",
    `The request body is larger than ${Math.floor(maxBytes / 1024 / 1024)} MiB.`,
  )
}

const ENCODINGS = new Set(["identity", "", "gzip", "x-gzip", "deflate", "br"])
if (createZstdDecompress !== undefined) ENCODINGS.add("zstd")

class BodyReader {
  readonly #incoming: Incoming
  readonly #encoding: string
  readonly #maxBytes: number
  readonly #signal: AbortSignal
  // Forgotten once called: the request's listeners hold this reader as long as the answer streams, a promise's functions hold
  // the promise, and that holds the body.
  #settled: { resolve(body: Buffer): void; reject(error: Error): void } | undefined
  readonly #onAbort = (): void => this.#fail(abortReason(this.#signal))
  #chunks: Buffer[] = []
  #received = 0
  #unpacked = 0
  #unpacker: Unpacker | undefined
  #isOver = false

  constructor(
    incoming: Incoming,
    encoding: string,
    maxBytes: number,
    signal: AbortSignal,
    resolve: (body: Buffer) => void,
    reject: (error: Error) => void,
  ) {
    this.#incoming = incoming
    this.#encoding = encoding
    this.#maxBytes = maxBytes
    this.#signal = signal
    this.#settled = { resolve, reject }
  }

  start(): void {
    const { request, response } = this.#incoming
    if (this.#signal.aborted) return this.#onAbort()
    this.#signal.addEventListener("abort", this.#onAbort, { once: true })
    if (headerText(this.#incoming, "expect") !== undefined) response.writeContinue()
    request.on("data", (chunk: Buffer) => this.#onData(chunk))
    request.on("end", () => this.#onEnd())
    request.on("error", () => this.#fail(new GatewayError("client_cancelled", "The request body broke off.")))
  }

  #onData(chunk: Buffer): void {
    if (this.#isOver) return
    this.#received += chunk.length
    if (this.#received > this.#maxBytes) return this.#fail(tooLarge(this.#maxBytes))
    if (this.#encoding === "identity" || this.#encoding === "") this.#chunks.push(chunk)
    else if (!this.#unpackerFor(chunk).write(chunk)) {
      this.#incoming.request.pause()
      this.#unpacker?.once("drain", () => this.#incoming.request.resume())
    }
  }

  #onEnd(): void {
    if (this.#isOver) return
    if (this.#unpacker !== undefined) this.#unpacker.end()
    else this.#finish()
  }

  #unpackerFor(first: Buffer): Unpacker {
    if (this.#unpacker !== undefined) return this.#unpacker
    this.#unpacker = createUnpacker(this.#encoding, first)
    this.#unpacker.on("data", (chunk: Buffer) => this.#onUnpacked(chunk))
    this.#unpacker.on("end", () => this.#finish())
    this.#unpacker.on("error", (cause) => {
      this.#fail(new GatewayError("invalid_request", `The request body is not valid ${this.#encoding}.`, { cause }))
    })
    return this.#unpacker
  }

  #onUnpacked(chunk: Buffer): void {
    if (this.#isOver) return
    this.#unpacked += chunk.length
    const isBomb = this.#unpacked > RATIO_FREE_BYTES && this.#unpacked > this.#received * MAX_RATIO
    if (this.#unpacked > this.#maxBytes || isBomb) return this.#fail(tooLarge(this.#maxBytes))
    this.#chunks.push(chunk)
  }

  #finish(): void {
    const chunks = this.#chunks
    const [only] = chunks
    this.#settle()?.resolve(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks))
  }

  #fail(error: Error): void {
    const settled = this.#settle()
    if (settled === undefined) return
    this.#unpacker?.destroy()
    settled.reject(error)
  }

  /** The promise's functions, the first time; nothing of the body stays here. */
  #settle(): { resolve(body: Buffer): void; reject(error: Error): void } | undefined {
    const settled = this.#settled
    this.#settled = undefined
    this.#isOver = true
    this.#chunks = []
    this.#signal.removeEventListener("abort", this.#onAbort)
    return settled
  }
}

/** `deflate` means zlib, but some clients send it raw; the first byte tells them apart. */
function createUnpacker(encoding: string, first: Buffer): Unpacker {
  if (encoding === "zstd" && createZstdDecompress !== undefined) {
    return createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax ?? 0]: ZSTD_WINDOW_LOG } })
  }
  if (encoding === "br") return zlib.createBrotliDecompress()
  if (encoding !== "deflate") return zlib.createGunzip()
  return ((first[0] ?? 0) & 0x0f) === 8 ? zlib.createInflate() : zlib.createInflateRaw()
}
