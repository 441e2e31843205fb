import { expect, test } from "vitest"
import { capturedHead } from "./captured-request.ts"

const SECRET = "a-secret-of-the-client-4711"

test("of a request's query and headers what is known is kept, whatever else stands there", () => {
  const query = new URLSearchParams(`alt=sse&beta=true&key=${SECRET}&pw=${SECRET}&sig=${SECRET}&${SECRET}`)
  const headers = { "user-agent": "agent/1", authorization: `Bearer ${SECRET}`, "x-password": SECRET, cookie: SECRET }
  const segments = ["v1beta", "models", "gemini-3-flash:generateContent"]
  expect(capturedHead({ segments, query, headers })).toEqual({
    path: "v1beta/models/gemini-3-flash:generateContent",
    query: "alt=sse&beta=true",
    headers: { "user-agent": "agent/1" },
  })
})
