import * as fc from "fast-check"
import { expect, it } from "vitest"
import { readTraceParent } from "./traceparent.ts"

const TRACE = "0af7651916cd43dd8448eb211c80319c"
const SPAN = "b7ad6b7169203331"

it.each([
  [`00-${TRACE}-${SPAN}-01`, true],
  [` 00-${TRACE}-${SPAN}-00 `, false],
  // A later version may have more behind, and more flags.
  [`01-${TRACE}-${SPAN}-03-more`, true],
])("%s", (text, isSampled) => expect(readTraceParent(text)).toEqual({ traceId: TRACE, spanId: SPAN, isSampled }))

it.each([
  undefined,
  "",
  "garbage",
  `00-${TRACE}-${SPAN}`,
  `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  `ff-${TRACE}-${SPAN}-01`,
  `00-${TRACE}-${SPAN}-01-more`,
  `00-${"0".repeat(32)}-${SPAN}-01`,
  `00-${TRACE}-${"0".repeat(16)}-01`,
])("%s is none", (text) => expect(readTraceParent(text)).toBeUndefined())

it("never throws", () => {
  fc.assert(fc.property(fc.string(), (text) => readTraceParent(text) === undefined))
})
