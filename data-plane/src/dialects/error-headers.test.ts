import fc from "fast-check"
import { expect, it } from "vitest"
import { ERROR_CODES, type ErrorCode } from "#shared/error-code.ts"
import { GatewayError } from "../canonical/error.ts"
import { clientDialects, type ClientDialectName } from "./index.ts"

const CODES = Object.keys(ERROR_CODES) as ErrorCode[] // keys of that very table
const DIALECTS = Object.keys(clientDialects) as ClientDialectName[] // the type's own keys
const KNOWN = /^(?:content-type|retry-after|retry-after-ms|x-should-retry|connection)$/

it.each(DIALECTS)(
  "R7 %s tells of a wait in the same headers whatever the error, and of a long one not to wait",
  (name) => {
    const waits = fc.option(fc.integer({ min: 0, max: 100_000_000 }), { nil: undefined })
    fc.assert(
      fc.property(fc.constantFrom(...CODES), waits, (code, wait) => {
        const error = new GatewayError(code, "Sentence.", wait === undefined ? {} : { retryAfterMs: wait })
        const { headers, status } = clientDialects[name].encodeError(error, { exchangeId: "req_x", now: 0 })
        expect(Object.keys(headers).filter((header) => !KNOWN.test(header))).toEqual([])
        expect(headers["content-type"]).toBe("application/json")
        const { "retry-after": seconds, "retry-after-ms": exact, "x-should-retry": should } = headers
        expect([undefined, "false"]).toContain(should)
        if (wait === undefined) return
        if (wait > 60_000) expect(should).toBe("false")
        expect(exact).toBe(wait < 60_000 ? String(wait) : undefined)
        const isSilent =
          name === "openai-responses" && (code === "upstream_overloaded" || (status >= 500 && should === "false"))
        expect(seconds).toBe(isSilent ? undefined : String(Math.max(1, Math.ceil(wait / 1_000))))
      }),
    )
  },
)
