import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { anyText } from "#shared/testing/any-text.ts"
import { isForm, parseForm } from "./parse-form.ts"

async function sent(form: FormData): Promise<[body: Buffer, contentType: string]> {
  const request = new Response(form)
  return [Buffer.from(await request.arrayBuffer()), request.headers.get("content-type") ?? ""]
}

const TYPE = "multipart/form-data; boundary=x"
const form = (...parts: string[]): Buffer =>
  Buffer.from(`${parts.map((part) => `--x\r\n${part}\r\n`).join("")}--x--\r\n`)
const field = (name: string, value: string, more = ""): string =>
  `content-disposition: form-data; name=${name}${more}\r\n\r\n${value}`

describe("parseForm", () => {
  it("gives texts, files and repeated names", async () => {
    const data = new FormData()
    data.set("prompt", "a cät")
    data.append("image[]", new File([Buffer.from([1, 2, 3])], "a.png", { type: "image/png" }))
    data.append("image[]", new File(["four"], "b.png"))
    expect(await parseForm(...(await sent(data)))).toEqual({
      prompt: "a cät",
      image: [
        { type: "file", filename: "a.png", mediaType: "image/png", data: "AQID" },
        { type: "file", filename: "b.png", mediaType: "application/octet-stream", data: "Zm91cg==" },
      ],
    })
  })

  it("gives a large file whole", async () => {
    const bytes = Buffer.alloc(2 * 1024 * 1024 + 1, 7)
    const data = new FormData()
    data.set("image", new File([bytes], "a.png"))
    expect(await parseForm(...(await sent(data)))).toMatchObject({ image: { data: bytes.toString("base64") } })
  })

  it("gives whatever fields and files there are", async () => {
    await fc.assert(
      fc.asyncProperty(anyText({ minLength: 1 }), anyText(), fc.uint8Array(), async (name, text, content) => {
        fc.pre(!name.endsWith("[]") && name !== "__proto__")
        const data = new FormData()
        const bytes = Buffer.from(content)
        data.append(name, text)
        data.append(name, new File([bytes], "a"))
        const [value, file] = Object.values(await parseForm(...(await sent(data))))[0] as [string, { data: string }] // appended above
        // A form has other line breaks, and no half of a surrogate pair.
        const inForm = Buffer.from(text)
          .toString()
          .replaceAll(/\r\n?|\n/g, "\r\n")
        expect(value).toBe(inForm)
        expect(file.data).toBe(bytes.toString("base64"))
      }),
    )
  })

  it.each<[string, string, object]>([
    ["names without quotes", field("a", "b"), { a: "b" }],
    ["escaped quotes", field('"a\\"b"', "c"), { 'a"b': "c" }],
    ["a backslash at a name's end", field('"a\\"', "c"), { "a\\": "c" }],
    [
      "a backslash at a name's end, and a file",
      field('"a\\"', "b", '; filename=";c\\"'),
      { "a\\": { type: "file", filename: ";c\\", mediaType: "", data: "Yg==" } },
    ],
    ["what looks like a parameter within a name", field('"a; filename=b"', "c"), { "a; filename=b": "c" }],
    ["escaped quotes and what looks like a parameter", field('"\\"; filename=\\""', "c"), { '"; filename="': "c" }],
    ["quotes as browsers write them", field('"a%22b"', "c"), { 'a"b': "c" }],
    ["an empty value", field('"a"', ""), { a: "" }],
    ["a value that looks like a boundary", field('"a"', "--x\r\n-x"), { a: "--x\r\n-x" }],
    ["head lines in any case", 'CONTENT-Disposition: FORM-DATA; NAME="a"\r\nX-Other: y\r\n\r\nb', { a: "b" }],
    [
      "a file without a type",
      field('"a"', "b", '; filename="c"'),
      { a: { type: "file", filename: "c", mediaType: "", data: "Yg==" } },
    ],
  ])("reads %s", async (_name, part, fields) => {
    expect(await parseForm(form(part), TYPE)).toEqual(fields)
  })

  it("takes a boundary in quotes, and an empty form", async () => {
    expect(await parseForm(form(), 'multipart/form-data; boundary="x"')).toEqual({})
  })

  it.each<[string, Buffer, string]>([
    ["no boundary", form(), "multipart/form-data"],
    ["nothing", Buffer.alloc(0), TYPE],
    ["no form", Buffer.from("{}"), TYPE],
    ["a form without its end", Buffer.from(`--x\r\n${field('"a"', "b")}`), TYPE],
    ["a part without a head", form("b"), TYPE],
    ["words after a boundary", Buffer.from(`--x word\r\n${field('"a"', "b")}\r\n--x--`), TYPE],
    ["a part without a name", form("content-disposition: form-data\r\n\r\nb"), TYPE],
    ["a part of another kind", form('content-disposition: attachment; name="a"\r\n\r\nb'), TYPE],
    ["a name that is none", form(field('"__proto__"', "b")), TYPE],
    ["too many parts", form(...Array<string>(101).fill(field('"a"', "b"))), TYPE],
    ["an endless head", form(`x: ${"y".repeat(9000)}\r\n${field('"a"', "b")}`), TYPE],
    ["a packed part", form(`content-transfer-encoding: base64\r\n${field('"a"', "Yg==")}`), TYPE],
    [
      "text that is none",
      Buffer.concat([Buffer.from(`--x\r\n${field('"a"', "")}`), Buffer.from([0xff]), Buffer.from("\r\n--x--")]),
      TYPE,
    ],
  ])("refuses %s", async (_name, body, contentType) => {
    await expect(parseForm(body, contentType)).rejects.toMatchObject({ code: "invalid_request" })
  })

  it("never fails in another way, whatever the bytes", async () => {
    const piece = fc.oneof(fc.string(), fc.constantFrom("\r\n", "--x", "--", "\r\n\r\n", field('"a"', "b")))
    await fc.assert(
      fc.asyncProperty(fc.array(piece), async (pieces) => {
        const outcome = await parseForm(Buffer.from(`--x${pieces.join("")}`), TYPE).catch((error: unknown) => error)
        if (outcome instanceof Error) expect(outcome).toMatchObject({ code: "invalid_request" })
      }),
    )
  })
})

it("isForm looks at the type only", () => {
  expect(["multipart/form-data; boundary=x", "Multipart/Form-Data", "application/json", undefined].map(isForm)).toEqual(
    [true, true, false, false],
  )
})
