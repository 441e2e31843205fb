/**
 * A multipart form as the object that a JSON body would be: texts under their names, files as objects, a repeated name as a list,
 * `name[]` as `name`. Hostile input in mind: what is looked for is bounded, nothing is copied before it is wanted, and a large file
 * is encoded in slices. Node's own parser works through a form byte by byte, for as long as that takes.
 */
import { isUtf8 } from "node:buffer"
import { setImmediate } from "node:timers/promises"
import { GatewayError } from "../canonical/error.ts"

/** More than any form of an API has. */
const MAX_PARTS = 100
/** Of one part. */
const MAX_HEAD_BYTES = 8 * 1024
/** A multiple of three, so that slices join to one base64 text. */
const SLICE_BYTES = 3 * 256 * 1024

export function isForm(contentType: string | undefined): contentType is string {
  return /^multipart\/form-data\b/i.test(contentType ?? "")
}

/** Throws `invalid_request` (a 400) that says what is wrong. */
export async function parseForm(body: Buffer, contentType: string): Promise<Record<string, unknown>> {
  const fields = new Map<string, unknown[]>()
  for (const { name, value } of partsOf(body, boundaryOf(contentType))) {
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

interface Part {
  readonly name: string
  readonly value: string | FilePart
}

interface FilePart {
  readonly filename: string
  readonly mediaType: string
  readonly bytes: Buffer
}

function* partsOf(body: Buffer, boundary: string): Generator<Part> {
  const mark = Buffer.from(`--${boundary}`)
  const between = Buffer.from(`\r\n--${boundary}`)
  if (!body.subarray(0, mark.length).equals(mark)) throw invalidForm("does not begin with its boundary")
  let at = mark.length
  for (let count = 0; !isLast(body, at); count += 1) {
    if (count === MAX_PARTS) throw invalidForm(`has more than ${MAX_PARTS} parts`)
    const head = headAt(body, at)
    const end = body.indexOf(between, head.end)
    if (end < 0) throw invalidForm("breaks off before its end")
    yield readPart(head.text, body.subarray(head.end, end))
    at = end + between.length
  }
}

/** Two dashes after the boundary close the form. */
function isLast(body: Buffer, at: number): boolean {
  return body[at] === DASH && body[at + 1] === DASH
}

const DASH = 0x2d
const LINE = Buffer.from("\r\n")
const BLANK_LINE = Buffer.from("\r\n\r\n")

/** The header lines of a part, from the end of its boundary's line to a blank one. */
function headAt(body: Buffer, at: number): { readonly text: string; readonly end: number } {
  const line = body.indexOf(LINE, at)
  const end = line < 0 ? -1 : body.subarray(line, line + MAX_HEAD_BYTES).indexOf(BLANK_LINE)
  if (end < 0 || body.toString("latin1", at, line).trim() !== "") throw invalidForm("has a part without a head")
  return { text: body.toString("utf8", line, line + end), end: line + end + BLANK_LINE.length }
}

function readPart(head: string, bytes: Buffer): Part {
  const disposition = headerOf(head, "content-disposition")
  const parameters = parametersOf(disposition)
  const name = parameters.get("name")
  if (!/^form-data\b/i.test(disposition) || name === undefined) throw invalidForm("has a part without a name")
  const encoding = headerOf(head, "content-transfer-encoding")
  if (!/^(?:|7bit|8bit|binary)$/i.test(encoding))
    throw invalidForm(`has a part that is packed (${encoding.slice(0, 20)})`)
  const filename = parameters.get("filename")
  const mediaType = headerOf(head, "content-type")
  if (filename !== undefined) return { name, value: { filename, mediaType, bytes } }
  if (!isUtf8(bytes)) throw invalidForm("has a text that is not valid UTF-8")
  return { name, value: bytes.toString("utf8") }
}

/** Empty when it is not there. */
function headerOf(head: string, name: string): string {
  for (const line of head.split("\r\n")) {
    const colon = line.indexOf(":")
    if (line.slice(0, colon).toLowerCase() === name) return line.slice(colon + 1).trim()
  }
  return ""
}

/** All in quotes, and none within: then a backslash before a quote is a name's last letter. */
const AS_BROWSERS_WRITE = /^form-data(?:;\s*[^\s=;"]+="[^"]*")*\s*$/i

/** Browsers write three letters of a name as in addresses, others put a backslash before them. The parameters' own names are in small letters. */
function parametersOf(disposition: string): ReadonlyMap<string, string> {
  const quotes = AS_BROWSERS_WRITE.test(disposition) ? '[^"]*' : '(?:[^"\\\\]|\\\\.)*'
  // One behind the other, so that what stands in a value is none.
  const parameter = new RegExp(`;\\s*([^\\s=;"]+)=(?:"(${quotes})"|([^;\\s"]+))\\s*`, "gy")
  parameter.lastIndex = disposition.search(/;|$/)
  const parameters = new Map<string, string>()
  for (const [, name = "", quoted, plain = ""] of disposition.matchAll(parameter)) {
    const value = quoted?.replaceAll(/\\(["\\])/g, "$1") ?? plain
    const key = name.toLowerCase()
    if (!parameters.has(key)) parameters.set(key, value.replaceAll(/%(?:22|0D|0A)/gi, decodeURIComponent))
  }
  return parameters
}

async function fileOf({ filename, mediaType, bytes }: FilePart): Promise<object> {
  return { type: "file", filename, mediaType, data: await encoded(bytes) }
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
