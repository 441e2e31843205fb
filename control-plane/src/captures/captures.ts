/**
 * Bodies of requests: switched on for a key for a time, kept sealed, and erased by themselves. Who may do it reads what users write, so
 * each step of it needs the scope ADMIN and stands in the audit, reading too. docs/reference/capture.md
 */
import type { ApiKeyModel } from "#generated/sqlite/models.ts"
import type { CapturedExchange } from "#shared/capture.ts"
import { decodeCapture } from "#shared/capture-wire.ts"
import { keyObject } from "../api-keys/audited.ts"
import type { Actor } from "../audit/actor.ts"
import { lockRows } from "../database/lock-rows.ts"
import { isUniqueViolation, type Transaction } from "../database/open.ts"
import { InvalidInputError } from "../failure.ts"
import type { Ground } from "../ground.ts"
import { eraseAll, eraseSome, pastBefore } from "./erase.ts"
import { openCapture, sealCapture } from "./pack.ts"

/** Longer nobody captures without saying it again. */
export const MAX_CAPTURE_MS = 24 * 3_600_000
/** The clocks of data planes may differ from ours by so much. */
const CLOCK_SLACK_MS = 300_000
const HOUR_MS = 3_600_000
const MEBIBYTE = 1_048_576

export interface CapturesOptions extends Pick<
  Ground,
  "database" | "clock" | "log" | "vault" | "audit" | "takeEffect" | "settings"
> {
  /** A replay has ended, whether or not its bodies are kept. */
  readonly onReplayed: (capture: CapturedExchange) => void
}

export interface Captures {
  /** Captures a key until a time; asked again, until another. */
  start(apiKeyId: string, until: Date): Promise<ApiKeyModel>
  stop(apiKeyId: string): Promise<ApiKeyModel>
  /** Of one key, or all there are. Returns how many. What is still at data planes is not kept when it arrives. */
  erase(apiKeyId: string | undefined): Promise<number>
  /** Keys that are captured now. */
  capturedKeys(): Promise<ApiKeyModel[]>
  /** Keeps what a data plane captured, unless nobody wants it any more. Throws `ShapeError`. */
  take(wire: Buffer): Promise<CapturedExchange>
  /** Null: it is not there, or past its time. Tells the audit who read it. */
  read(requestId: string, by: Actor): Promise<CapturedExchange | null>
  /** Erases what is too old, and the oldest beyond what all may take together. */
  prune(signal?: AbortSignal): Promise<void>
}

export function createCaptures(options: CapturesOptions): Captures {
  const { database, clock, log, vault, audit, takeEffect, settings, onReplayed } = options
  const { prisma } = database

  async function changeKey(id: string, captureUntil: Date): Promise<ApiKeyModel> {
    const before = await prisma.apiKey.findUnique({ where: { id } })
    if (before === null) throw new InvalidInputError("not_found", "There is no such API key.", ["id"])
    const row = await prisma.$transaction(async (transaction) => {
      const after = await transaction.apiKey.update({ where: { id }, data: { captureUntil } })
      await audit.record(transaction, {
        object: keyObject(after),
        before: { captureUntil: before.captureUntil },
        after: { captureUntil },
      })
      return after
    })
    await takeEffect()
    return row
  }

  /** Why it is not kept; undefined: it is. */
  async function unwanted(
    { apiKeyId, startedAt, capturesErasedAt = 0, replay }: CapturedExchange,
    { apiKey }: Pick<Transaction, "apiKey"> = prisma,
  ): Promise<string | undefined> {
    if (startedAt <= pastBefore(clock, settings).getTime()) return "it is too old"
    const key = await apiKey.findUnique({ where: { id: apiKeyId } })
    if (key === null) return "its key is gone"
    // Our own mark, which it brought back: when it began is told by another clock.
    if (key.capturesErasedAt !== null && capturesErasedAt < key.capturesErasedAt.getTime())
      return "it was erased meanwhile"
    if (replay !== undefined) return undefined
    const until = key.captureUntil?.getTime()
    return until === undefined || startedAt > until + CLOCK_SLACK_MS ? "nobody asked for it" : undefined
  }

  /** The same, once it is kept: sealing took its time, and whoever erased meanwhile is to find nothing after it. */
  async function keep(capture: CapturedExchange, wire: Buffer): Promise<string | undefined> {
    const { exchangeId: requestId, apiKeyId, startedAt } = capture
    const sealedExchange = await sealCapture(vault, requestId, wire)
    const storedBytes = sealedExchange.length
    const data = { requestId, apiKeyId, startedAt: new Date(startedAt), sealedExchange, storedBytes }
    try {
      return await prisma.$transaction(async (transaction) => {
        if (database.kind === "postgresql") await lockRows(transaction, "ApiKey", [apiKeyId])
        const reason = await unwanted(capture, transaction)
        if (reason === undefined) await transaction.capture.create({ data })
        return reason
      })
    } catch (error) {
      // It comes at least once, and an exchange is captured once.
      if (isUniqueViolation(error)) return undefined
      throw error
    }
  }

  /** Now, and later than every mark before: the clock may have gone back, or be another control plane's. */
  async function nextMark(transaction: Transaction, of: { id?: string }): Promise<Date> {
    const { _max } = await transaction.apiKey.aggregate({ where: of, _max: { capturesErasedAt: true } })
    return new Date(Math.max(clock.now(), (_max.capturesErasedAt?.getTime() ?? 0) + 1))
  }

  async function makeRoom(): Promise<void> {
    const most = settings.current.CAPTURE_MAX_MIB * MEBIBYTE
    for (;;) {
      const { _sum } = await prisma.capture.aggregate({ _sum: { storedBytes: true } })
      const over = (_sum.storedBytes ?? 0) - most
      if (over <= 0) return
      const oldest = await prisma.capture.findMany({
        orderBy: [{ startedAt: "asc" }, { requestId: "asc" }],
        take: 50,
        select: { requestId: true, storedBytes: true },
      })
      let freed = 0
      const ids: string[] = []
      for (const { requestId, storedBytes } of oldest) {
        if (freed >= over) break
        freed += storedBytes
        ids.push(requestId)
      }
      const erased = await prisma.$transaction((transaction) => eraseSome(transaction, { requestId: { in: ids } }))
      if (erased === 0) return
      log.info("captures.made-room", { erased })
    }
  }

  return {
    start: (apiKeyId, until) => {
      const now = clock.now()
      if (until.getTime() <= now) throw new InvalidInputError("in_the_past", "That time is over.", ["until"])
      if (until.getTime() > now + MAX_CAPTURE_MS) {
        const message = `A key is captured for ${MAX_CAPTURE_MS / HOUR_MS} hours at the most; ask again when they are over.`
        throw new InvalidInputError("out_of_range", message, ["until"])
      }
      return changeKey(apiKeyId, until)
    },
    stop: (apiKeyId) => changeKey(apiKeyId, new Date(clock.now())),
    erase: async (apiKeyId) => {
      const key = apiKeyId === undefined ? undefined : await prisma.apiKey.findUnique({ where: { id: apiKeyId } })
      if (key === null) throw new InvalidInputError("not_found", "There is no such API key.", ["id"])
      const ofKey = key === undefined ? {} : { id: key.id }
      const count = await prisma.$transaction(async (transaction) => {
        if (database.kind === "postgresql") {
          const keys = await transaction.apiKey.findMany({ where: ofKey, select: { id: true } })
          await lockRows(
            transaction,
            "ApiKey",
            keys.map(({ id }) => id),
          )
        }
        await transaction.apiKey.updateMany({
          where: ofKey,
          data: { capturesErasedAt: await nextMark(transaction, ofKey) },
        })
        const erased = await eraseAll(transaction, key === undefined ? {} : { apiKeyId: key.id })
        const object = key === undefined ? ({ kind: "DATABASE" } as const) : keyObject(key)
        await audit.record(transaction, { object, after: { erasedCaptures: erased } })
        return erased
      })
      // What begins from here on is wanted.
      await takeEffect()
      return count
    },
    capturedKeys: () =>
      prisma.apiKey.findMany({
        where: { captureUntil: { gt: new Date(clock.now()) } },
        orderBy: [{ captureUntil: "asc" }, { id: "asc" }],
      }),
    take: async (wire) => {
      const capture = decodeCapture(wire)
      onReplayed(capture)
      const { exchangeId, replay } = capture
      // Such a one is an answer to whoever asked for it, and belongs to no request.
      if (replay !== undefined && replay.target !== "pool") return capture
      const reason = (await unwanted(capture)) ?? (await keep(capture, wire))
      if (reason !== undefined) {
        log.info("capture.not-kept", { exchangeId, reason })
        return capture
      }
      await makeRoom()
      return capture
    },
    read: async (requestId, by) => {
      const row = await prisma.capture.findUnique({
        where: { requestId, startedAt: { gt: pastBefore(clock, settings) } },
      })
      if (row === null) return null
      const capture = decodeCapture(await openCapture(vault, requestId, row.sealedExchange))
      await audit.note({ action: "readCapture", by, object: { kind: "REQUEST", id: requestId } })
      return capture
    },
    prune: async (signal) => {
      const before = pastBefore(clock, settings)
      let erased = 0
      for (;;) {
        if (signal?.aborted === true) break
        const some = await prisma.$transaction((transaction) => eraseSome(transaction, { startedAt: { lte: before } }))
        if (some === 0) break
        erased += some
      }
      if (erased > 0) log.info("captures.erased", { erased })
      await makeRoom()
    },
  }
}
