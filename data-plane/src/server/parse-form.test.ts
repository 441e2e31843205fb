import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { isForm, parseForm } from "./parse-form.ts"

async function sent(form: FormData): Promise<[body: Buffer, contentType: string]> {
  const request = new Response(form)
  return [Buffer.from(await request.arrayBuffer()), request.headers.get("content-type") ?? ""]
}

const TYPE = "multipart/form-data; boundary=x"
const form = (...parts: string[]): Buffer =>
  Buffer.from(`${parts.map((part) => `--x\r\n${part}\r\n`).join("")}--x--\r\n`)

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

  it("gives whatever file there is", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), async (content) => {
        const data = new FormData()
        const bytes = Buffer.from(content)
        data.set("image", new File([bytes], "a"))
        expect(await parseForm(...(await sent(data)))).toMatchObject({ image: { data: bytes.toString("base64") } })
      }),
      { numRuns: 30 },
    )
  })

  it.each<[string, Buffer, string]>([
    ["no boundary", form(), "multipart/form-data"],
    ["nothing", Buffer.alloc(0), TYPE],
    ["no form", Buffer.from("{}"), TYPE],
    ["a form without its end", Buffer.from('--x\r\ncontent-disposition: form-data; name="a"\r\n\r\nb'), TYPE],
    ["a part without a name", form("content-disposition: form-data\r\n\r\nb"), TYPE],
    ["a name that is none", form('content-disposition: form-data; name="__proto__"\r\n\r\nb'), TYPE],
    ["too many parts", form(...Array<string>(101).fill('content-disposition: form-data; name="a"\r\n\r\nb')), TYPE],
  ])("refuses %s", async (_name, body, contentType) => {
    await expect(parseForm(body, contentType)).rejects.toMatchObject({ code: "invalid_request" })
  })

  it("never fails in another way, whatever the bytes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        const body = Buffer.from(`--x\r\n${text}\r\n--x--\r\n`)
        const outcome = await parseForm(body, TYPE).catch((error: unknown) => error)
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
