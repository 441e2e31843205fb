/** The pictures of image models: a valid one-bit PNG of exactly the size ratio and size ask for (upstream-protocol 6.5). */
import { crc32, deflateSync } from "node:zlib"

const base: Readonly<Record<string, readonly [width: number, height: number]>> = {
  "1:1": [1024, 1024],
  "2:3": [848, 1264],
  "3:2": [1264, 848],
  "3:4": [896, 1200],
  "4:3": [1200, 896],
  "4:5": [928, 1152],
  "5:4": [1152, 928],
  "9:16": [768, 1376],
  "16:9": [1376, 768],
  "21:9": [1584, 672],
}
const factors: Readonly<Record<string, number>> = { "1K": 1, "2K": 2, "4K": 4 }

/** The aspect ratios image models know. */
export const aspectRatios = new Set(Object.keys(base))

/** The image sizes image models know. */
export const imageSizes = new Set(Object.keys(factors))

/** Width and height in pixels; unknown values count as the defaults `1:1` and `1K`. */
export function pixelsOf(ratio: string, size: string): readonly [width: number, height: number] {
  const [width, height] = base[ratio] ?? [1024, 1024]
  const factor = factors[size] ?? 1
  return [width * factor, height * factor]
}

/** A PNG of that size, striped by a byte so that two prompts give two pictures. */
export function picture(width: number, height: number, pattern: number): Buffer {
  const stride = Math.ceil(width / 8) + 1
  const rows = Buffer.alloc(stride * height, pattern & 0xff)
  for (let row = 0; row < height; row += 1) rows[row * stride] = 0
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = 1
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows, { level: 1 })),
    chunk("IEND", Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data])
  const frame = Buffer.alloc(body.length + 8)
  frame.writeUInt32BE(data.length, 0)
  body.copy(frame, 4)
  frame.writeUInt32BE(crc32(body), body.length + 4)
  return frame
}
