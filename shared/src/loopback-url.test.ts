import { expect, test } from "vitest"
import { loopbackOrigin } from "./loopback-url.ts"

test("only addresses of this machine, and nothing but an origin", () => {
  expect(loopbackOrigin("http://127.0.0.1:8090")).toBe("http://127.0.0.1:8090")
  expect(loopbackOrigin("http://localhost:8090/")).toBe("http://127.0.0.1:8090")
  expect(loopbackOrigin("https://[::1]:1")).toBe("https://[::1]:1")
  expect(loopbackOrigin("http://2130706433:1")).toBe("http://127.0.0.1:1")
  for (const text of [
    "",
    "127.0.0.1:8090",
    "http://example.com",
    "http://127.0.0.1.example.com",
    "http://127.0.0.1@example.com",
    "http://localhost.example.com",
    "http://10.0.0.1",
    "http://0.0.0.0",
    "ftp://127.0.0.1",
    "http://127.0.0.1/path",
    "http://127.0.0.1/?key=1",
    "http://name:word@127.0.0.1",
  ])
    expect(loopbackOrigin(text), text).toBeUndefined()
})
