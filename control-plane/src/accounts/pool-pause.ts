/**
 * The pool's own protection: two accounts that meet a wall (verification, terms) within ten minutes are a sign that the provider is at
 * all of them, so nothing is sent any more until a person has looked. Durable; what counts is when the walls were met.
 */
import type { MetaModel } from "#generated/sqlite/models.ts"
import type { Logger } from "#shared/log.ts"
import type { FailureClass } from "#shared/upstream-failure.ts"
import { WALLS_WITHIN_MS, isWall } from "#shared/wall.ts"
import type { Audit } from "../audit/audit.ts"
import type { Clock } from "../clock.ts"
import type { Database } from "../database/open.ts"
import { items, numberField, textField } from "../json.ts"

export interface PoolState {
  readonly pausedAt: Date | undefined
  readonly reason: string | undefined
  /** Of the last pause that an operator ended. */
  readonly resumedAt: Date | undefined
}

export interface PoolPause {
  /** An account met a wall at `at`. True: that paused the pool. */
  onFailure(accountId: string, failureClass: FailureClass, at: number): Promise<boolean>
  read(): Promise<PoolState>
  /** Ends a pause, and what was counted before no longer counts; resolves when the data planes have it. */
  resume(): Promise<PoolState>
}

export interface PoolPauseOptions {
  readonly database: Database
  readonly clock: Clock
  readonly log: Logger
  readonly audit: Pick<Audit, "record">
  readonly isOn: () => boolean
  /** The snapshot has to be built anew. */
  readonly onChange: () => void
  readonly takeEffect: () => Promise<unknown>
}

interface Wall {
  readonly accountId: string
  readonly failureClass: string
  readonly at: number
}

export function createPoolPause(options: PoolPauseOptions): PoolPause {
  const { database, clock, log, audit, isOn, onChange, takeEffect } = options
  const { meta } = database.prisma
  const readRow = (): Promise<MetaModel> => meta.findUniqueOrThrow({ where: { id: 1 } })

  return {
    onFailure: async (accountId, failureClass, reportedAt) => {
      if (!isWall(failureClass)) return false
      const row = await readRow()
      const at = Math.min(reportedAt, clock.now())
      if (at <= (row.poolResumedAt?.getTime() ?? 0)) return false
      const others = wallsOf(row).filter(
        (wall) => wall.accountId !== accountId && Math.abs(wall.at - at) <= WALLS_WITHIN_MS,
      )
      const walls = [...others, { accountId, failureClass, at }]
      const pauses = others.length > 0 && row.poolPausedAt === null && isOn()
      const pause = pauses ? { poolPausedAt: new Date(clock.now()), poolPauseReason: reasonOf(walls) } : {}
      await database.prisma.$transaction(async (transaction) => {
        const poolWalls = walls.map((wall) => ({ ...wall }))
        await transaction.meta.update({ where: { id: 1 }, data: { poolWalls, ...pause } })
        const after = { reason: reasonOf(walls), accounts: walls.map((wall) => wall.accountId) }
        if (pauses) await audit.record(transaction, { action: "pausePool", object: { kind: "POOL" }, after })
      })
      if (!pauses) return false
      log.error("pool.paused", { reason: reasonOf(walls), accounts: walls.map((wall) => wall.accountId).join(",") })
      onChange()
      return true
    },
    read: async () => poolState(await readRow(), isOn()),
    resume: async () => {
      const resumedAt = new Date(clock.now())
      const data = { poolWalls: [], poolPausedAt: null, poolPauseReason: null, poolResumedAt: resumedAt }
      await database.prisma.$transaction(async (transaction) => {
        const { poolPausedAt, poolPauseReason } = await transaction.meta.findUniqueOrThrow({ where: { id: 1 } })
        await transaction.meta.update({ where: { id: 1 }, data })
        const before = { pausedAt: poolPausedAt, reason: poolPauseReason }
        const after = { pausedAt: null, reason: null }
        await audit.record(transaction, { object: { kind: "POOL" }, before, after })
      })
      log.info("pool.resumed")
      await takeEffect()
      return { pausedAt: undefined, reason: undefined, resumedAt }
    },
  }
}

/**
 * Tells when a pause begins or ends, whoever did it: a wall, an operator, the setting, another control plane. Each of them makes a new
 * snapshot, so it is asked with every one.
 */
export function createPauseWatch(pause: Pick<PoolPause, "read">, onChange: () => void): () => Promise<void> {
  let known: PoolState | undefined
  return async () => {
    const before = known
    known = await pause.read()
    if (before !== undefined && before.pausedAt?.getTime() !== known.pausedAt?.getTime()) onChange()
  }
}

/** While the setting is off there is no pause, whatever was written. */
export function poolState(row: MetaModel, isOn: boolean): PoolState {
  return {
    pausedAt: isOn ? (row.poolPausedAt ?? undefined) : undefined,
    reason: isOn ? (row.poolPauseReason ?? undefined) : undefined,
    resumedAt: row.poolResumedAt ?? undefined,
  }
}

function wallsOf(row: MetaModel): Wall[] {
  return items(row.poolWalls).flatMap((entry) => {
    const accountId = textField(entry, "accountId")
    const failureClass = textField(entry, "failureClass")
    const at = numberField(entry, "at")
    return accountId === undefined || failureClass === undefined || at === undefined
      ? []
      : [{ accountId, failureClass, at }]
  })
}

function reasonOf(walls: readonly Wall[]): string {
  const has = (name: string): boolean => walls.some(({ failureClass }) => failureClass === name)
  const what = has("tos_disabled")
    ? has("validation")
      ? "were disabled or must be verified"
      : "were disabled by the provider"
    : "must be verified"
  return `${walls.length} accounts ${what} within ten minutes; the rest is left alone until you have looked.`
}
