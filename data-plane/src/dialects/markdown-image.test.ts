import fc from "fast-check"
import { expect, it } from "vitest"
import { markdownImage, readMarkdownImage } from "./markdown-image.ts"

it("an image comes back from its line of Markdown", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
      const data = Buffer.from(bytes).toString("base64")
      expect(readMarkdownImage(markdownImage("image/png", data))).toEqual({
        type: "media",
        mediaType: "image/png",
        data,
      })
    }),
  )
})

it.each([
  ["![image](data:image/png;base64,AAAA) and more"],
  ["Look: ![image](data:image/png;base64,AAAA)"],
  ["![cat](data:image/png;base64,AAAA)"],
  ["![image](https://example.test/a.png)"],
  ["![image](data:image/png;base64,)"],
  [""],
])("%j stays the client's own text", (text) => {
  expect(readMarkdownImage(text)).toBeUndefined()
})
