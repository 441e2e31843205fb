import type { AdminScope } from "#generated/sqlite/enums.ts"

/** Who asks: a browser with a session, or a program with an admin token. */
export interface Principal {
  readonly origin: "SESSION" | "TOKEN"
  /** Of the session or the token; `environment` for ADMIN_TOKEN. */
  readonly id: string
  readonly name: string
  readonly scope: AdminScope
  /** The administrator it stands for; undefined for ADMIN_TOKEN and what was made with it. */
  readonly administratorId?: string
  /** Of a session: until when its password counts as just given, in milliseconds since the epoch. */
  readonly freshUntil?: number
  /** Of a token that stands for nobody: a fingerprint of the ADMIN_TOKEN that it was made with, and ends with. */
  readonly madeWith?: string
  /** Of a token that ends by itself. */
  readonly expiresAt?: number
}

/** What an administrator is called by what they may do. */
export const ROLES = { VIEWER: "READ", OPERATOR: "OPERATE", OWNER: "ADMIN" } as const satisfies Record<
  string,
  AdminScope
>
export type Role = keyof typeof ROLES

export function roleOf(scope: AdminScope): Role {
  return scope === "ADMIN" ? "OWNER" : scope === "OPERATE" ? "OPERATOR" : "VIEWER"
}

const RANK: Record<AdminScope, number> = { READ: 1, OPERATE: 2, ADMIN: 3 }

/** Whether a scope includes another: ADMIN includes OPERATE includes READ. */
export function includesScope(held: AdminScope, needed: AdminScope): boolean {
  return RANK[held] >= RANK[needed]
}

/** The one of two scopes that may less. */
export function lesserScope(left: AdminScope, right: AdminScope): AdminScope {
  return includesScope(left, right) ? right : left
}
