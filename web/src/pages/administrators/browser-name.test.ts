import { expect, test } from "vitest"
import { browserName } from "./browser-name.ts"

test.each([
  [
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    { browser: "Chrome 141", system: "Linux" },
  ],
  [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0",
    { browser: "Edge 141", system: "Windows" },
  ],
  [
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 Safari/605.1.15",
    { browser: "Safari 18", system: "macOS" },
  ],
  [
    "Mozilla/5.0 (Android 14; Mobile; rv:132.0) Gecko/132.0 Firefox/132.0",
    { browser: "Firefox 132", system: "Android" },
  ],
  ["curl/8.5.0", { browser: "curl 8", system: undefined }],
  ["something else", { browser: undefined, system: undefined }],
])("%s", (userAgent, name) => {
  expect(browserName(userAgent)).toEqual(name)
})
