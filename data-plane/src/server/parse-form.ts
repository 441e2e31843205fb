/**
 * A multipart form as the object that a JSON body would be: texts under their names, files as objects, a repeated name as a list,
 * `name[]` as `name`. Hostile input in mind: parts are counted on the bytes before anything is parsed, and a large file is encoded
 * in slices.
 */
import { setImmediate } from "node:timers/promises"
import { GatewayError } from "../canonical/error.ts"

/** More than any form of an API has. */
const MAX_PARTS = 100
/** A multiple of three, so that slices join to one base64 text. */
const SLICE_BYTES = 3 * 256 * 1024

export function isForm(contentType: string | undefined): contentType is string {
  return /^multipart\/form-data\b/i.test(contentType ?? "")
}

/** Throws `invalid_request` (a 400) that says what is wrong. */
export async function parseForm(body: Buffer, contentType: string): Promise<Record<string, unknown>> {
  const boundary = boundaryOf(contentType)
  if (countParts(body, boundary) > MAX_PARTS) throw invalidForm(`has more than ${MAX_PARTS} parts`)
  const fields = new Map<string, unknown[]>()
  for (const [name, value] of await read(body, contentType)) {
    if (name === "__proto__") throw invalidForm("has a field named __proto__")
    const field = name.replace(/\[\]$/, "")
    const values = fields.get(field) ?? []
    fields.set(field, values)
    values.push(typeof value === "string" ? value : await fileOf(value))
  }
  return Object.fromEntries([...fields].map(([name, values]) => [name, values.length === 1 ? values[0] : values]))
}

function boundaryOf(contentType: string): string {
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]{1,70})"|([^;\s]{1,70}))/i.exec(contentType) ?? []
  const boundary = quoted ?? plain
  if (boundary === undefined) throw invalidForm("has no boundary in its content-type")
  return boundary
}

function countParts(body: Buffer, boundary: string): number {
  const mark = Buffer.from(`--${boundary}`)
  let count = 0
  for (let at = body.indexOf(mark); at >= 0 && count <= MAX_PARTS + 1; at = body.indexOf(mark, at + mark.length))
    count += 1
  // The last one closes the form.
  return count - 1
}

async function read(body: Buffer, contentType: string): Promise<FormData> {
  try {
    const bytes = body as Buffer<ArrayBuffer> // what came from a socket is not in shared memory
    return await new Response(bytes, { headers: { "content-type": contentType } }).formData()
  } catch (cause) {
    throw new GatewayError("invalid_request", "The request body is not a valid multipart form.", { cause })
  }
}

async function fileOf(file: File): Promise<object> {
  const bytes = Buffer.from(await file.arrayBuffer())
  return { type: "file", filename: file.name, mediaType: file.type, data: await encoded(bytes) }
}

async function encoded(bytes: Buffer): Promise<string> {
  const pieces: string[] = []
  for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
    if (at > 0) await setImmediate()
    pieces.push(bytes.toString("base64", at, at + SLICE_BYTES))
  }
  return pieces.join("")
}

function invalidForm(what: string): GatewayError {
  return new GatewayError("invalid_request", `The multipart form ${what}.`)
}
