/** Width and height of an image, read from how its file begins. */

export interface ImageSize {
  readonly width: number
  readonly height: number
}

/** Enough for every format but JPEG. */
const HEAD_LENGTH = 64
/** A JPEG says its size after profiles and thumbnails, which are long; base64 characters. */
const JPEG_HEAD_LENGTH = 256 * 1024

/** Of base64 data: PNG, JPEG, GIF and WebP. Undefined for anything else, and for a file that does not say. */
export function readImageSize(data: string): ImageSize | undefined {
  const head = Buffer.from(data.slice(0, HEAD_LENGTH), "base64")
  const size = isJpeg(head)
    ? jpegSize(Buffer.from(data.slice(0, JPEG_HEAD_LENGTH), "base64"))
    : (pngSize(head) ?? gifSize(head) ?? webpSize(head))
  return size !== undefined && size.width > 0 && size.height > 0 ? size : undefined
}

function startsWith(bytes: Buffer, text: string, at = 0): boolean {
  return bytes.toString("latin1", at, at + text.length) === text
}

function pngSize(bytes: Buffer): ImageSize | undefined {
  if (bytes.length < 24 || !startsWith(bytes, "\x89PNG\r\n\x1a\n") || !startsWith(bytes, "IHDR", 12)) return undefined
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
}

function gifSize(bytes: Buffer): ImageSize | undefined {
  if (bytes.length < 10 || !startsWith(bytes, "GIF8")) return undefined
  return { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) }
}

/** Three kinds: lossy, lossless and extended. */
function webpSize(bytes: Buffer): ImageSize | undefined {
  if (bytes.length < 30 || !startsWith(bytes, "RIFF") || !startsWith(bytes, "WEBP", 8)) return undefined
  if (startsWith(bytes, "VP8 ", 12)) {
    return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff }
  }
  if (startsWith(bytes, "VP8L", 12)) {
    const bits = bytes.readUInt32LE(21)
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
  }
  if (!startsWith(bytes, "VP8X", 12)) return undefined
  return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 }
}

function isJpeg(bytes: Buffer): boolean {
  return startsWith(bytes, "\xff\xd8\xff")
}

/** Segments one after another until the one that begins a frame. */
function jpegSize(bytes: Buffer): ImageSize | undefined {
  let at = 2
  while (at + 9 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes.readUInt8(at + 1)
    if (isFrame(marker)) return { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) }
    // Padding, and markers that stand alone.
    if (marker === 0xff) at += 1
    else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) at += 2
    else at += 2 + bytes.readUInt16BE(at + 2)
  }
  return undefined
}

/** SOF0 to SOF15 without the three numbers that mean something else (DHT, JPG, DAC). */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
}
