import type { AdminScope } from "#generated/sqlite/enums.ts"

/** Who asks: a browser with a session, or a program with an admin token. */
export interface Principal {
  readonly origin: "SESSION" | "TOKEN"
  /** Of the session or the token; `environment` for ADMIN_TOKEN. */
  readonly id: string
  readonly name: string
  readonly scope: AdminScope
}

const RANK: Record<AdminScope, number> = { READ: 1, OPERATE: 2, ADMIN: 3 }

/** Whether a scope includes another: ADMIN includes OPERATE includes READ. */
export function includesScope(held: AdminScope, needed: AdminScope): boolean {
  return RANK[held] >= RANK[needed]
}
