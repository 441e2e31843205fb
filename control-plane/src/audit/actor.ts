/**
 * Who does what is going on. It is known at the border (the GraphQL field, the OAuth callback) and needed at the bottom, in the
 * transaction that makes the change; everything between has no use for it. So it travels beside the calls (`AsyncLocalStorage`) and not
 * through them: as an argument it would stand in the signature of every use case, and a use case that hands on the wrong one would be as
 * silent as one that forgets it. What this costs is that whatever a request sets going inherits its actor. Two things keep that right:
 * jobs run `asSystem`, and an attempt that is over is nobody's any more.
 */
import { AsyncLocalStorage } from "node:async_hooks"
import type { AuditActorKind } from "#generated/sqlite/enums.ts"
import type { Principal } from "../auth/principal.ts"
import type { AuditObject } from "./object.ts"

export interface Actor {
  readonly kind: AuditActorKind
  readonly id?: string | undefined
  readonly name?: string | undefined
  /** What it may do. */
  readonly role?: string | undefined
}

export const SYSTEM: Actor = { kind: "SYSTEM" }
export const NOBODY: Actor = { kind: "NOBODY" }

/** Who asks, as the audit names it. */
export function actorOf(principal: Principal | undefined): Actor {
  if (principal === undefined) return NOBODY
  const { origin, id, administratorId, name, scope } = principal
  return origin === "SESSION"
    ? { kind: "ADMINISTRATOR", id: administratorId ?? id, name, role: scope }
    : { kind: "ADMIN_TOKEN", id, name, role: scope }
}

/** Somebody doing one thing. */
export interface Attempt {
  actor: Actor
  /** The mutation's name. */
  readonly action: string
  readonly address?: string | undefined
  readonly requestId?: string | undefined
  /** What it is about, as far as that is known before anything was recorded: refusals tell it. */
  object?: AuditObject | undefined
}

export interface CurrentAttempt extends Attempt {
  /** Events that were recorded for it. */
  recorded: number
  /** It was not done, though nothing was thrown. */
  refusedAs: string | undefined
  isOver: boolean
}

const storage = new AsyncLocalStorage<CurrentAttempt | undefined>()

/** What is going on; undefined: something that the gateway does by itself. */
export function currentAttempt(): CurrentAttempt | undefined {
  const attempt = storage.getStore()
  return attempt === undefined || attempt.isOver ? undefined : attempt
}

export function runAttempt<Result>(attempt: CurrentAttempt, work: () => Result): Result {
  return storage.run(attempt, work)
}

/** Runs what nobody asked for, though a request may have woken it. */
export function asSystem<Result>(work: () => Result): Result {
  return storage.run(undefined, work)
}
