import { createHash } from "node:crypto"
import { describe, expect, test } from "vitest"
import { CALLBACK_POLICY, callbackPage, languageOf } from "./callback-page.ts"
import { OAUTH_FAILURES, isOAuthFailureCode } from "./words.ts"

const HOSTILE = `<script>alert(1)</script><img src=x onerror="a">'\`&`

describe("the callback page", () => {
  test.each(Object.keys(OAUTH_FAILURES).filter(isOAuthFailureCode))(
    "%s says what happened and what to do, in both languages, and escapes what it was told",
    (code) => {
      for (const language of ["en", "zh"] as const) {
        const { html } = callbackPage({ code, message: HOSTILE }, language)
        const { what, hint } = OAUTH_FAILURES[code][language]
        expect(html).toContain(what)
        expect(html).toContain(hint.replaceAll("'", "&#39;"))
        const isTold = code !== "state_used" && code !== "in_progress"
        expect(html.includes("&#60;script&#62;alert(1)&#60;/script&#62;")).toBe(isTold)
        expect(html).not.toMatch(/<script|<img|<form|<link|<iframe|onerror="/i)
      }
    },
  )

  test("the owner's own choice is no error", () => {
    expect(callbackPage({ code: "access_denied", message: undefined }, "en").status).toBe(200)
    expect(callbackPage({ code: "unknown_state", message: undefined }, "en").status).toBe(400)
    expect(callbackPage({ code: "provider_unreachable", message: undefined }, "en").status).toBe(502)
  })

  test("its policy allows its one style and nothing else", () => {
    const { html } = callbackPage({ code: "unknown_state", message: undefined }, "en")
    const style = /<style>([^<]*)<\/style>/.exec(html)?.[1] ?? ""
    const hash = createHash("sha256").update(style).digest("base64")
    expect(CALLBACK_POLICY).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    )
    expect(html).not.toContain(" style=")
  })
})

test.each([
  [undefined, "en"],
  ["zh-CN,zh;q=0.9,en;q=0.8", "zh"],
  ["fr, en;q=0.5, zh;q=0.4", "en"],
  ["ja, ZH-tw", "zh"],
  ["fr", "en"],
])("the languages %s lead to %s", (header, language) => {
  expect(languageOf(header)).toBe(language)
})
