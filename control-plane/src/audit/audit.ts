/**
 * The audit: who did what to what, when, from where, and what came of it.
 *
 * How a use case tells of a change: it makes the change in `database.prisma.$transaction(async (transaction) => …)` and, as the last
 * statement in it, calls
 *
 *     await audit.record(transaction, { object: { kind: "API_KEY", id, label: row.name }, before: pick(old, NAMES), after: pick(row, NAMES) })
 *
 * so that neither is there without the other. Action, actor, address and request come by themselves from the mutation that is going
 * on (`graphql/audit-plugin.ts` wraps every field of Mutation); what the gateway does by itself has no mutation and names its `action`
 * (a verb and a noun, as a mutation's). `before` and `after` may be whole: what is alike in both is left out. A secret is given as
 * `Secret` and kept as a fingerprint. What is done outside the database (a command to data planes, a call to the provider) is told
 * with `note` before it is done. A refusal is told by throwing `InvalidInputError` or `RefusedError`, as ever; `about` says what it
 * would have been about where the arguments do not hold its id. A mutation that succeeds and told nothing is written all the same,
 * logged as `audit.missing`, and fails control-plane/test/audit-mutations.test.ts.
 */
import type { AuditOutcome } from "#generated/sqlite/enums.ts"
import type { Logger } from "#shared/log.ts"
import { storableText } from "#shared/storable-text.ts"
import type { Clock } from "../clock.ts"
import type { Database, Transaction } from "../database/open.ts"
import { InvalidInputError, RefusedError } from "../failure.ts"
import type { Vault } from "../vault.ts"
import { currentAttempt, runAttempt, SYSTEM, type Actor, type Attempt, type CurrentAttempt } from "./actor.ts"
import { auditBegins, createChain, endsChanged, NO_EVENTS, type Chain, type UnchainedEvent } from "./chain.ts"
import { changesText, type AuditFields } from "./fields.ts"
import type { AuditObject } from "./object.ts"
import { createTally } from "./tally.ts"

export interface AuditEntry {
  /** Left out: that of the mutation that is going on. What the gateway does by itself has to name it. */
  readonly action?: string
  /** Left out: who runs the mutation that is going on, else the gateway itself. One that is named has not asked for the mutation. */
  readonly by?: Actor
  readonly object?: AuditObject
  /** Of an object that is new there is no before, of one that was removed no after. */
  readonly before?: AuditFields
  readonly after?: AuditFields
  /** Left out: DONE. */
  readonly outcome?: AuditOutcome
  /** Why it was not done. */
  readonly code?: string
}

export interface Audit {
  /** Tells of changes as part of the transaction that makes them; its last statement. Rejects where it cannot, and so undoes them. */
  record(transaction: Transaction, ...entries: readonly AuditEntry[]): Promise<void>
  /** Tells of something that changes no row, in a transaction of its own. Where it rejects the thing must not be done. */
  note(entry: AuditEntry): Promise<void>
  /** Runs what somebody asked for. `codeOf` says why a result is none. What was refused or failed is told in the background. */
  attempt<Result>(
    attempt: Attempt,
    work: () => Promise<Result>,
    codeOf?: (result: Result) => string | undefined,
  ): Promise<Result>
  /** What the attempt that is going on is about, for the case that it is refused. */
  about(object: AuditObject): void
  /** The attempt that is going on turned out to be somebody's. */
  isBy(actor: Actor): void
  /** The same, of the session or the admin token of this id. */
  isByPrincipal(id: string): Promise<void>
  /** The attempt that is going on is not done, though nothing is thrown. */
  refuse(code: string): void
  /** Somebody was refused before there was an attempt. In the background, and bounded as in `tally.ts`. */
  refused(attempt: Attempt, code: string): void
  /** Resolves when what was told in the background is written. */
  settled(): Promise<void>
  /** Writes what was only counted so far. */
  stop(): Promise<void>
  readonly chain: Chain
}

export interface AuditOptions {
  readonly database: Database
  readonly clock: Clock
  readonly log: Logger
  readonly vault: Pick<Vault, "auditMac" | "fingerprint">
}

const FINGERPRINT_LENGTH = 12
const MAX_TEXT_LENGTH = 300

/**
 * Opens the audit of a database, and begins its chain where there is none. In a database that somebody can sign in to already, that is
 * told as the first event: an older version had no audit, or somebody took all of it away.
 */
export async function openAudit(options: AuditOptions): Promise<Audit> {
  const { database, vault } = options
  const chain = createChain(vault)
  if ((await database.prisma.auditChain.count()) === 0) await beginChain(options, chain)
  return createAudit(options, chain)
}

async function beginChain({ database, clock, log }: AuditOptions, chain: Chain): Promise<void> {
  const at = new Date(clock.now())
  await database.prisma.$transaction(async (transaction) => {
    const last = await transaction.auditEvent.findFirst({ orderBy: { sequence: "desc" } })
    const ends = last === null ? NO_EVENTS : { ...NO_EVENTS, sequence: last.sequence, hash: last.hash }
    // As with Meta: of several first starters one writes, all read the same.
    const create = { ...ends, seal: chain.sealOf(ends) }
    await transaction.auditChain.upsert({ where: { id: 1 }, update: { id: 1 }, create })
    const isNew = last === null && (await transaction.adminUser.count()) === 0
    if (isNew) return
    const message = "This database was used before, and of its audit nothing or not all is there."
    log.warn("audit.begins", { message })
    await chain.append(transaction, [last === null ? auditBegins(at) : endsChanged(at)])
  })
}

function createAudit({ database, clock, log, vault }: AuditOptions, chain: Chain): Audit {
  const fingerprint = (secret: string): string =>
    `hmac:${vault.fingerprint("audit", secret).slice(0, FINGERPRINT_LENGTH)}`
  let queue: Promise<unknown> = Promise.resolve()
  const tally = createTally({ clock, write: writeInBackground })

  function eventOf(entry: AuditEntry, attempt: Attempt | undefined): UnchainedEvent {
    const action = entry.action ?? attempt?.action
    if (action === undefined) throw new Error("what the gateway does by itself has to name its action for the audit")
    const actor = entry.by ?? attempt?.actor ?? SYSTEM
    const object = entry.object ?? attempt?.object
    return {
      at: new Date(clock.now()),
      actorKind: actor.kind,
      actorId: column(actor.id),
      actorName: column(actor.name),
      actorRole: column(actor.role),
      address: column(entry.by === undefined ? attempt?.address : undefined),
      requestId: column(attempt?.requestId),
      action,
      objectKind: object?.kind ?? null,
      objectId: column(object?.id),
      objectLabel: column(object?.label),
      ...changesText(entry.before, entry.after, fingerprint),
      outcome: entry.outcome ?? "DONE",
      code: column(entry.code),
      count: 1,
    }
  }

  async function record(transaction: Transaction, ...entries: readonly AuditEntry[]): Promise<void> {
    if (entries.length === 0) return
    const attempt = currentAttempt()
    await chain.append(
      transaction,
      entries.map((entry) => eventOf(entry, attempt)),
    )
    if (attempt !== undefined) attempt.recorded += entries.filter(({ by }) => by === undefined).length
  }

  const note = (entry: AuditEntry): Promise<void> =>
    database.prisma.$transaction((transaction) => record(transaction, entry))

  /** Nobody waits for it: how long a refusal takes must not tell whether it was one of many. */
  function writeInBackground(event: UnchainedEvent): void {
    queue = queue
      .then(() => database.prisma.$transaction((transaction) => chain.append(transaction, [event])))
      .catch((error: unknown) => {
        log.error("audit.not-written", {
          action: event.action,
          code: event.code ?? undefined,
          reason: error instanceof Error ? error.message : String(error),
        })
      })
  }

  function tellFailure(attempt: Attempt, outcome: AuditOutcome, code: string): void {
    tally.add(eventOf({ outcome, code }, attempt))
  }

  async function tellDone(attempt: CurrentAttempt): Promise<void> {
    log.error("audit.missing", { action: attempt.action })
    await note({})
  }

  async function actorOfId(id: string): Promise<Actor> {
    const session = await database.prisma.session.findUnique({ where: { id }, include: { user: true } })
    if (session !== null) {
      const { id: userId, name, scope } = session.user
      return { kind: "ADMINISTRATOR", id: userId, name, role: scope }
    }
    const token = await database.prisma.adminToken.findUnique({ where: { id } })
    return { kind: "ADMIN_TOKEN", id, name: token?.name, role: token?.scope }
  }

  function change(set: (attempt: CurrentAttempt) => void): void {
    const attempt = currentAttempt()
    if (attempt !== undefined) set(attempt)
  }

  return {
    chain,
    record,
    note,
    attempt: (given, work, codeOf) => {
      const attempt: CurrentAttempt = { ...given, recorded: 0, refusedAs: undefined, isOver: false }
      return runAttempt(attempt, async () => {
        try {
          const result = await work()
          const code = codeOf?.(result) ?? attempt.refusedAs
          if (code !== undefined) tellFailure(attempt, "REFUSED", code)
          else if (attempt.recorded === 0) await tellDone(attempt)
          return result
        } catch (error) {
          const isExpected = error instanceof InvalidInputError || error instanceof RefusedError
          tellFailure(attempt, isExpected ? "REFUSED" : "FAILED", isExpected ? error.code : "internal")
          throw error
        } finally {
          attempt.isOver = true
        }
      })
    },
    about: (object) => change((attempt) => (attempt.object = object)),
    isBy: (actor) => change((attempt) => (attempt.actor = actor)),
    isByPrincipal: async (id) => {
      const actor = await actorOfId(id)
      change((attempt) => (attempt.actor = actor))
    },
    refuse: (code) => change((attempt) => (attempt.refusedAs = code)),
    refused: (attempt, code) => tellFailure(attempt, "REFUSED", code),
    settled: async () => void (await queue),
    stop: async () => {
      tally.flush()
      await queue
    },
  }
}

function column(text: string | undefined): string | null {
  return text === undefined || text === "" ? null : storableText(text, MAX_TEXT_LENGTH)
}
