/** How clients say what shape and size an image should have, and what image models know of it. */
import type { ImageWish } from "../canonical/request.ts"

/** Every ratio that image models know. */
const RATIOS = ["1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9"] as const

type ImageSize = NonNullable<ImageWish["size"]>

/** OpenAI's own sizes; not all of them are nearest to what their names mean. */
const KNOWN_SIZES: Readonly<Record<string, string>> = {
  "1024x1024": "1:1",
  "1536x1024": "3:2",
  "1024x1536": "2:3",
  "1792x1024": "16:9",
  "1024x1792": "9:16",
}

/** From a longest side in pixels. */
const PIXELS_4K = 3000
const PIXELS_2K = 1800

/** `WxH` in pixels, or a ratio `W:H`. Undefined: neither. */
export function readImageSize(text: string): ImageWish | undefined {
  const [, width, mark, height] =
    /^\s*(\d{1,5}(?:\.\d{1,3})?)\s*([x×:])\s*(\d{1,5}(?:\.\d{1,3})?)\s*$/i.exec(text) ?? []
  const [w, h] = [Number(width), Number(height)]
  if (mark === undefined || !(w > 0) || !(h > 0)) return undefined
  if (mark === ":") return { aspectRatio: nearestRatio(w, h) }
  const size = sizeOfPixels(Math.max(w, h))
  const aspectRatio = KNOWN_SIZES[`${w}x${h}`] ?? nearestRatio(w, h)
  return { aspectRatio, ...(size === undefined ? {} : { size }) }
}

/** `1K`, `2K` or `4K` in any case. */
export function readImageResolution(text: string): ImageSize | undefined {
  const name = text.trim().toUpperCase()
  return name === "1K" || name === "2K" || name === "4K" ? name : undefined
}

/** By how many times one is the other, so that 1:2 is as far from 1:1 as 2:1 is. */
export function nearestRatio(width: number, height: number): string {
  const asked = Math.log(width / height)
  const distance = (ratio: string): number => {
    const [w = 1, h = 1] = ratio.split(":").map(Number)
    return Math.abs(Math.log(w / h) - asked)
  }
  return RATIOS.reduce((best: string, ratio) => (distance(ratio) < distance(best) ? ratio : best), "1:1")
}

function sizeOfPixels(longest: number): ImageSize | undefined {
  if (longest >= PIXELS_4K) return "4K"
  return longest >= PIXELS_2K ? "2K" : undefined
}
