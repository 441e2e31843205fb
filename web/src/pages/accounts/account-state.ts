/** How each account state looks and which filter shows it: one row per state of the schema. */
import type { AccountKind, AccountState } from "#generated/web/graphql.ts"
import type { Tone } from "../../components/badge.tsx"

export type AccountGroup = "ready" | "cooling" | "needHand" | "off"

interface StateLook {
  tone: Tone
  group: AccountGroup
  /** Something is under way: the dot breathes. */
  busy?: boolean
}

export const accountStates: Record<AccountState, StateLook> = {
  READY: { tone: "good", group: "ready" },
  ONBOARDING: { tone: "begin", group: "cooling", busy: true },
  COOLING: { tone: "cool", group: "cooling" },
  NEEDS_LOGIN: { tone: "hand", group: "needHand" },
  NEEDS_VERIFICATION: { tone: "hand", group: "needHand" },
  NEEDS_PROJECT: { tone: "hand", group: "needHand" },
  DISABLED_BY_PROVIDER: { tone: "bad", group: "needHand" },
  PAUSED: { tone: "held", group: "off" },
  DISABLED: { tone: "quiet", group: "off" },
}

/** The filters, in the order in which they are shown. */
export const accountGroups: readonly AccountGroup[] = ["ready", "cooling", "needHand", "off"]

/** Whether the provider can be asked for what is left of its quota: others are refused, or left out. */
export const isReadable = ({ enabled, state }: { readonly enabled: boolean; readonly state: AccountState }): boolean =>
  enabled && ["READY", "COOLING", "PAUSED"].includes(state)

const order = Object.keys(accountStates)

/** Where a state stands when accounts are sorted by it: those that serve first. */
export const accountStateOrder = (state: AccountState): number => order.indexOf(state)

export const accountKinds: readonly AccountKind[] = ["ANTIGRAVITY", "ANTHROPIC_API", "GEMINI_API", "OPENAI_COMPATIBLE"]
