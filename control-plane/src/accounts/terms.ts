import type { AccountKind } from "#generated/sqlite/enums.ts"

const ANTIGRAVITY =
  "Antigravity accounts are made for Google's own products. Google may treat their use through other software, such as this gateway, as a violation of its terms and may limit or disable the account, possibly with the Google account behind it. Add an account only if it is your own and you accept that risk. Official API keys do not carry it."

const OFFICIAL =
  "API keys are used under the terms you agreed on with the provider; nothing beyond them is needed here."

/** What the operator has to have read before an account of this kind is added. */
export const TERMS_NOTICES: Record<AccountKind, string> = {
  ANTIGRAVITY,
  GEMINI_API: OFFICIAL,
  ANTHROPIC_API: OFFICIAL,
  OPENAI_COMPATIBLE: OFFICIAL,
}
