/** For tests: heads of image files that say a size, as base64. */

export function png(width: number, height: number): string {
  const bytes = Buffer.alloc(33)
  bytes.write("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "latin1")
  bytes.writeUInt32BE(width, 16)
  bytes.writeUInt32BE(height, 20)
  return bytes.toString("base64")
}

export function gif(width: number, height: number): string {
  const bytes = Buffer.alloc(13)
  bytes.write("GIF89a", "latin1")
  bytes.writeUInt16LE(width, 6)
  bytes.writeUInt16LE(height, 8)
  return bytes.toString("base64")
}

/** `before` bytes of a profile stand before the frame, behind a padded marker. */
export function jpeg(width: number, height: number, { marker = 0xc0, before = 16 } = {}): string {
  const profile = Buffer.alloc(before + 2)
  profile.writeUInt16BE(before + 2)
  const frame = Buffer.alloc(17)
  frame.writeUInt16BE(17)
  frame.writeUInt16BE(height, 3)
  frame.writeUInt16BE(width, 5)
  const parts = [[0xff, 0xd8], [0xff, 0xff, 0xe2], profile, [0xff, marker], frame]
  return Buffer.concat(parts.map((part) => Uint8Array.from(part))).toString("base64")
}

export function webp(kind: "VP8 " | "VP8L" | "VP8X", width: number, height: number): string {
  const bytes = Buffer.alloc(34)
  bytes.write(`RIFF\0\0\0\0WEBP${kind}`, "latin1")
  if (kind === "VP8 ") {
    bytes.writeUInt16LE(width, 26)
    bytes.writeUInt16LE(height, 28)
  } else if (kind === "VP8L") {
    bytes.writeUInt8(0x2f, 20)
    bytes.writeUInt32LE((width - 1) | ((height - 1) << 14), 21)
  } else {
    bytes.writeUIntLE(width - 1, 24, 3)
    bytes.writeUIntLE(height - 1, 27, 3)
  }
  return bytes.toString("base64")
}
