/** How a captured exchange lies in its column: packed, then sealed for its row. */
import { gunzip, gzip } from "node:zlib"
import { promisify } from "node:util"
import { MAX_CAPTURE_WIRE_BYTES } from "#shared/capture-wire.ts"
import type { Place, Vault } from "../vault.ts"

const pack = promisify(gzip)
const unpack = promisify(gunzip)

const place = (requestId: string): Place => ({ table: "Capture", row: requestId, field: "sealedExchange" })

export async function sealCapture(vault: Pick<Vault, "seal">, requestId: string, wire: Buffer): Promise<string> {
  return vault.seal(place(requestId), (await pack(wire)).toString("base64"))
}

/** Rejects with `SealError` when it is not what was sealed. */
export async function openCapture(vault: Pick<Vault, "open">, requestId: string, sealed: string): Promise<Buffer> {
  const packed = Buffer.from(vault.open(place(requestId), sealed), "base64")
  return unpack(packed, { maxOutputLength: MAX_CAPTURE_WIRE_BYTES })
}
