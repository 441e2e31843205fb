import type { RequestOutcome } from "#generated/web/graphql.ts"
import type { Tone } from "../../components/badge.tsx"

export const outcomeTones: Record<RequestOutcome, Tone> = {
  COMPLETED: "good",
  FAILED: "bad",
  TRUNCATED: "hand",
  CANCELLED: "quiet",
}
