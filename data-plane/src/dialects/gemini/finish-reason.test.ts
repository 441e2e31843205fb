import { describe, expect, it } from "vitest"
import { finishMeaning } from "./finish-reason.ts"

describe("finishMeaning", () => {
  it.each([
    ["stop", ["STOP", "FINISH_REASON_UNSPECIFIED", "OTHER", "A_WORD_OF_TOMORROW", "constructor"]],
    ["length", ["MAX_TOKENS"]],
    [
      "refusal",
      [
        "SAFETY",
        "BLOCKLIST",
        "PROHIBITED_CONTENT",
        "SPII",
        "RECITATION",
        "LANGUAGE",
        "IMAGE_SAFETY",
        "IMAGE_PROHIBITED_CONTENT",
        "IMAGE_RECITATION",
      ],
    ],
  ])("is the end %s", (unified, words) => {
    for (const word of words) expect(finishMeaning(word)).toEqual({ type: "end", unified })
  })

  it.each([
    ["upstream_malformed_call", ["MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS"]],
    ["upstream_empty_answer", ["NO_IMAGE"]],
  ])("is the failure %s, never an end", (code, words) => {
    for (const word of words) expect(finishMeaning(word)).toMatchObject({ type: "failure", code })
  })
})
