import type { IncomingMessage } from "node:http"

/** A request body that is too long, or that never came whole. */
export class BodyError extends Error {
  override readonly name = "BodyError"
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** The whole body as text. Throws `BodyError` past `maxBytes` or when the client leaves. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<string> {
  return (await readBytes(request, maxBytes)).toString("utf8")
}

/** The same as bytes. */
export async function readBytes(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) throw new BodyError(413, "The body is too long.")
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of request) {
      const bytes: Buffer = chunk
      length += bytes.length
      if (length > maxBytes) throw new BodyError(413, "The body is too long.")
      chunks.push(bytes)
    }
  } catch (error) {
    if (error instanceof BodyError) throw error
    throw new BodyError(400, "The body did not arrive whole.")
  }
  return Buffer.concat(chunks)
}
