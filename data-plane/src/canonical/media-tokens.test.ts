import { describe, expect, it } from "vitest"
import { mediaTokens, pdfPages } from "./media-tokens.ts"
import type { MediaPart } from "./part.ts"
import { jpeg, png } from "./testing/images.ts"

const media = (mediaType: string, data: string): MediaPart => ({ type: "media", mediaType, data })
const base64 = (text: string) => Buffer.from(text, "latin1").toString("base64")

describe("mediaTokens", () => {
  it.each([
    [png(750, 100), 100],
    [jpeg(1000, 1000), 1334],
    [png(4000, 3000), 1600],
    [png(1, 1), 1],
    [base64("an image of a kind that nobody here reads"), 1600],
  ])("counts an image by its pixels", (data, tokens) => {
    expect(mediaTokens(media("image/png", data))).toBe(tokens)
  })

  it("counts a PDF by its pages, sound and film by their length", () => {
    const page = "1 0 obj << /Type /Page /Parent 2 0 R >> endobj\n"
    expect(mediaTokens(media("application/pdf", base64(page.repeat(3))))).toBe(4500)
    expect(mediaTokens(media("audio/wav", base64("x".repeat(16_000))))).toBe(33)
    expect(mediaTokens(media("video/mp4", base64("x".repeat(250_000))))).toBe(301)
    expect(mediaTokens(media("audio/mpeg", "aGk="))).toBe(1)
  })

  it("takes what stands elsewhere for a large image", () => {
    expect(mediaTokens({ type: "remote-media", url: "https://x.example/a.png", accepts: "image", param: "p" })).toBe(
      1600,
    )
  })
})

describe("pdfPages", () => {
  it("takes the beginning's own word where a file is made for the web", () => {
    expect(pdfPages(base64("%PDF-1.7\n1 0 obj << /Linearized 1 /L 90000 /N 41 /T 1 >>\n<< /Type/Page >>"))).toBe(41)
  })

  it("counts pages and neither their tree nor other types", () => {
    expect(
      pdfPages(base64("<</Type/Pages/Count 2>> <</Type/Page>> <</Type\n/Page/X 1>> <</Type/PageLabel>> /Type")),
    ).toBe(2)
  })

  it("goes by the length where pages are packed, and has at least one", () => {
    expect(pdfPages(base64("x".repeat(64 * 1024 * 5)))).toBe(5)
    expect(pdfPages(base64("%PDF-1.7"))).toBe(1)
  })

  it("searches the beginning of a long file and takes the rest to be like it", () => {
    const page = "<< /Type /Page >>".padEnd(3 * 1024)
    expect(pdfPages(base64(page.repeat(4096)))).toBe(4096)
  })
})
