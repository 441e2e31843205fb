import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { GatewayError } from "../../canonical/error.ts"
import { decodeRequest } from "./decode-request.ts"

const PNG = "iVBORw0KGgo="
const decode = (body: object, form = "generations") =>
  decodeRequest({ prompt: "a cat", ...body }, {}, { rest: "", form })
const image = { type: "media", mediaType: "image/png", data: PNG }
const text = { type: "text", text: "a cat" }

describe("a generation", () => {
  it("is one text of the user's", () => {
    expect(decode({ model: "m" })).toEqual({
      value: {
        model: "m",
        stream: false,
        system: [],
        turns: [{ role: "user", parts: [text] }],
        sampling: {},
        image: { isRequired: true },
        extra: { "openai-images": { asUrl: false, isEdit: false } },
      },
      dropped: [],
    })
  })

  it("G165 asks for a shape, and for as many images as it wants", () => {
    expect(decode({ size: "1792x1024", n: 2 }).value).toMatchObject({ image: { aspectRatio: "16:9" }, choices: 2 })
    expect(decode({ n: 1 }).value).not.toHaveProperty("choices")
  })

  it.each([
    [{ quality: "hd" }, { size: "4K" }],
    [{ quality: "high" }, { size: "4K" }],
    [{ quality: "medium" }, { size: "2K" }],
    [{ quality: "standard" }, { size: "1K" }],
    [{ quality: "auto", size: "auto" }, { size: "1K" }],
    [
      { quality: "hd", size: "1024x1024" },
      { size: "4K", aspectRatio: "1:1" },
    ],
    [
      { quality: "hd", size: "2048x2048" },
      { size: "2K", aspectRatio: "1:1" },
    ],
    [{ size: "16:9" }, { aspectRatio: "16:9" }],
    [{ size: "auto" }, {}],
    [{ size: "", quality: null }, {}],
  ])("%j looks like %j", (asked, look) => {
    expect(decode(asked).value.image).toEqual({ isRequired: true, ...look })
  })

  it("means the gateway's image model when it names none", () => {
    expect(decode({}).value.model).toBe("gpt-image-1")
    expect(decode({ model: "" }).value.model).toBe("gpt-image-1")
  })

  it("G166 may want addresses", () => {
    expect(decode({ response_format: "url" }).value.extra).toEqual({ "openai-images": { asUrl: true, isEdit: false } })
  })

  it("ignores what the model decides, and records what it does not know", () => {
    const ignored = {
      background: "transparent",
      moderation: "low",
      output_format: "webp",
      style: "vivid",
      partial_images: 2,
    }
    expect(decode(ignored)).toEqual(decode({}))
    expect(decode({ new_field: 1 }).dropped).toEqual(["new_field"])
  })

  it.each<[object, string]>([
    [{ prompt: undefined }, "prompt"],
    [{ prompt: " " }, "prompt"],
    [{ prompt: 5 }, "prompt"],
    [{ n: 0 }, "n"],
    [{ n: 11 }, "n"],
    [{ n: "many" }, "n"],
    [{ size: "large" }, "size"],
    [{ quality: "best" }, "quality"],
    [{ quality: "constructor" }, "quality"],
    [{ response_format: "png" }, "response_format"],
    [{ stream: "maybe" }, "stream"],
    [{ mask: "data:image/png;base64,AAAA" }, "mask"],
    [{ image: 5 }, "image"],
    [{ image: "no base64!" }, "image"],
    [{ images: [{ file_id: "f" }] }, "images[0].file_id"],
    [{ images: [{}] }, "images[0].image_url"],
  ])("refuses %j with its field", (body, param) => {
    expect(() => decode(body)).toThrowError(expect.objectContaining({ param }))
  })

  it("refuses whatever else is no request, and nothing by another error", () => {
    const value = fc.jsonValue()
    const body = fc.record(
      { prompt: value, n: value, size: value, quality: value, image: value, images: value },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.oneof(value, body), (wire) => {
        try {
          decodeRequest(wire, {})
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError)
        }
      }),
    )
  })
})

describe("an edit", () => {
  const file = { type: "file", filename: "a.png", mediaType: "image/png", data: PNG }

  it.each<[string, object, object[]]>([
    ["a file", { image: file }, [image]],
    ["several files", { image: [file, file] }, [image, image]],
    ["base64", { image: PNG }, [image]],
    ["a data: URL", { image: `data:image/png;base64,${PNG}` }, [image]],
    ["objects of JSON", { images: [{ image_url: `data:image/png;base64,${PNG}` }] }, [image]],
    [
      "an address",
      { image: "https://example.test/a.png" },
      [{ type: "remote-media", url: "https://example.test/a.png", accepts: "image", param: "image" }],
    ],
  ])("begins with %s, before the prompt", (_name, body, parts) => {
    const { value, dropped } = decode(body, "edits")
    expect(value.turns).toEqual([{ role: "user", parts: [...parts, text] }])
    expect(value.extra).toEqual({ "openai-images": { asUrl: false, isEdit: true } })
    expect(dropped).toEqual([])
  })

  it("has texts for numbers in a form", () => {
    expect(decode({ image: file, n: "3", stream: "true" }, "edits").value).toMatchObject({ choices: 3, stream: true })
    expect(decode({ image: file, n: "1", stream: "false" }, "edits").value).toMatchObject({ stream: false })
  })

  it("without an image is refused", () => {
    expect(() => decode({}, "edits")).toThrowError(expect.objectContaining({ code: "invalid_request", param: "image" }))
  })
})
