import type { NodeLoad } from "#shared/link-protocol.ts"
import { builder } from "../builder.ts"
import { describedValues } from "./described-values.ts"

const STATES = {
  OFF: "It keeps what it learns of conversations to itself: VALKEY_URL is not set there.",
  CONNECTING: "It dials the store of VALKEY_URL for the first time.",
  UP: "What it learns of conversations goes to the store, and what others learn comes from there.",
  DOWN: "It cannot share through the store: it serves, but conversations may change accounts between data planes.",
} as const

export const NodeSharingState = builder.enumType("NodeSharingState", {
  description: "Whether a data plane shares what it learns of conversations with others.",
  values: describedValues(STATES),
})

interface SharingOfNode {
  readonly state: keyof typeof STATES
  readonly since?: number
  readonly reason?: string
}

/** Undefined: its version does not tell. */
export function sharingOf({ sharesConversations, sharing }: NodeLoad): SharingOfNode | undefined {
  if (sharesConversations === false) return { state: "OFF" }
  if (sharing === undefined) return undefined
  const { isUp, since, reason } = sharing
  if (isUp) return { state: "UP", since }
  return reason === undefined ? { state: "CONNECTING", since } : { state: "DOWN", since, reason }
}

export const NodeSharing = builder.objectRef<SharingOfNode>("NodeSharing").implement({
  description: "How a data plane shares what it learns of conversations, through the store of VALKEY_URL.",
  fields: (t) => ({
    state: t.expose("state", { type: NodeSharingState, description: "Whether it shares them." }),
    since: t.field({
      type: "DateTime",
      nullable: true,
      description: "Since when that is so; null: it is off.",
      resolve: ({ since }) => (since === undefined ? undefined : new Date(since)),
    }),
    reason: t.exposeString("reason", {
      nullable: true,
      description: "Why it cannot, in a clause about the store; null: it can, or is off.",
    }),
  }),
})
