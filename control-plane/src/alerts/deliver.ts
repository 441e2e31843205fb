/**
 * Sends what waits to be sent: to each webhook in the order of its events, each until it is taken or too old. A message that the
 * receiver itself refuses holds up those of its own alert alone. What is due is in the database, so a restart loses nothing, and one
 * control plane sends at a time.
 */
import type { AlertDeliveryModel, WebhookModel } from "#generated/sqlite/models.ts"
import type { Logger } from "#shared/log.ts"
import { pause, type Clock } from "../clock.ts"
import type { Database } from "../database/open.ts"
import type { Send, SendResult, Target } from "./send.ts"

export interface DeliveryOptions {
  readonly database: Database
  readonly clock: Clock
  readonly log: Logger
  readonly random: () => number
  readonly send: Send
  readonly targetOf: (webhook: WebhookModel) => Target
  /** The alert of a message shows what became of it. */
  readonly onChange: (alertId: string) => void
}

export interface Delivery {
  /** Sends what is due; when the next is, in milliseconds since the epoch. */
  run(signal: AbortSignal): Promise<number | undefined>
  /** Tries since the process started. */
  readonly counts: { readonly delivered: number; readonly failed: number; readonly givenUp: number }
}

const FIRST_WAIT_MS = 10_000
const LONGEST_WAIT_MS = 3_600_000
/** What is older is of no use to anybody. */
export const KEEP_TRYING_MS = 24 * 3_600_000
/** While one of them does not answer, what others get meanwhile is looked for this often. */
const LOOK_AGAIN_MS = 500

/** Doubling, at most an hour, spread by `random` (0 to 1) so that many do not come at once. */
export function retryWaitMs(attempts: number, random: number): number {
  const ceiling = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(20, attempts - 1))
  return Math.round(ceiling * (0.5 + random / 2))
}

/** The receiver is there and does not want this message; others it may want. */
function isRefused(status: number | null): boolean {
  return status !== null && status >= 400 && status < 500 && status !== 408 && status !== 429
}

export function createDelivery(options: DeliveryOptions): Delivery {
  const { database, clock, log, random, send, targetOf, onChange } = options
  const { webhook: webhooks, alertDelivery } = database.prisma
  const counts = { delivered: 0, failed: 0, givenUp: 0 }

  const oldestOf = (webhookId: string, passedOver: readonly string[]): Promise<AlertDeliveryModel | null> =>
    alertDelivery.findFirst({
      where: { webhookId, dueAt: { not: null }, alertId: { notIn: [...passedOver] } },
      orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    })

  async function write(row: AlertDeliveryModel, result: SendResult): Promise<void> {
    const now = clock.now()
    const at = new Date(now)
    const attempts = row.attempts + 1
    const isDelivered = result.type === "delivered"
    const isTooOld = now - row.createdAt.getTime() >= KEEP_TRYING_MS
    const retryAt = new Date(now + retryWaitMs(attempts, random()))
    counts[isDelivered ? "delivered" : "failed"] += 1
    if (!isDelivered && isTooOld) counts.givenUp += 1
    await database.prisma.$transaction([
      alertDelivery.updateMany({
        where: { id: row.id },
        data: {
          attempts,
          dueAt: isDelivered || isTooOld ? null : retryAt,
          deliveredAt: isDelivered ? at : null,
          lastStatus: result.status ?? null,
          lastError: isDelivered ? null : result.reason,
        },
      }),
      webhooks.updateMany({
        where: { id: row.webhookId },
        data: isDelivered
          ? { failures: 0, lastError: null, lastDeliveredAt: at }
          : { failures: { increment: 1 }, lastError: result.reason, lastFailureAt: at },
      }),
    ])
    if (!isDelivered) {
      log.warn("alert.not-delivered", { webhook: row.webhookId, event: row.id, attempts, reason: result.reason })
    }
    onChange(row.alertId)
  }

  /** Never rejects: one webhook that is broken is no other's fault. */
  async function trySending(webhook: WebhookModel, row: AlertDeliveryModel, signal: AbortSignal): Promise<SendResult> {
    try {
      return await send(targetOf(webhook), { id: row.id, body: row.body }, signal)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      log.error("alert.not-sent", { webhook: webhook.id, event: row.id, reason })
      return { type: "failed", reason: "It cannot be sent; the log says why." }
    }
  }

  /** When the next message to it is due; undefined: none waits. */
  async function serve(webhookId: string, signal: AbortSignal): Promise<number | undefined> {
    const passedOver: string[] = []
    let next: number | undefined
    while (!signal.aborted) {
      const row = await oldestOf(webhookId, passedOver)
      if (row === null || row.dueAt === null) return next
      // Read anew for each: it may have been changed or disabled meanwhile.
      const webhook = await webhooks.findUnique({ where: { id: webhookId } })
      if (webhook === null) return undefined
      const dueAt = row.dueAt.getTime()
      if (dueAt > clock.now()) {
        next = Math.min(next ?? dueAt, dueAt)
        if (!isRefused(row.lastStatus)) return next
        passedOver.push(row.alertId)
        continue
      }
      const result = await trySending(webhook, row, signal)
      // Called off: whoever runs next sends it, and the receiver knows it by its id.
      if (result.type === "failed" && signal.aborted) return undefined
      await write(row, result)
    }
    return undefined
  }

  async function waiting(): Promise<readonly string[]> {
    const rows = await alertDelivery.findMany({
      where: { dueAt: { not: null } },
      distinct: ["webhookId"],
      select: { webhookId: true },
    })
    return rows.map(({ webhookId }) => webhookId)
  }

  return {
    counts,
    run: async (signal) => {
      // Each webhook has a lane of its own (there are fifty at most), and a run that waits for one begins with others: whoever does not
      // answer holds up nobody.
      const lanes = new Map<string, Promise<unknown>>()
      const dueAt = new Map<string, number>()
      let failure: { readonly error: unknown } | undefined
      const begin = (webhookId: string): void => {
        const lane = serve(webhookId, signal)
          .then((next) => {
            if (next === undefined) dueAt.delete(webhookId)
            else dueAt.set(webhookId, next)
          })
          .catch((error: unknown) => (failure ??= { error }))
          .finally(() => lanes.delete(webhookId))
        lanes.set(webhookId, lane)
      }
      for (;;) {
        const isEnding = signal.aborted || failure !== undefined
        const found = isEnding ? [] : await waiting()
        const now = clock.now()
        for (const id of found) if (!lanes.has(id) && (dueAt.get(id) ?? 0) <= now) begin(id)
        if (lanes.size === 0) break
        const rest = new AbortController()
        await Promise.race([...lanes.values(), ...(isEnding ? [] : [pause(clock, LOOK_AGAIN_MS, rest.signal)])])
        rest.abort()
      }
      if (failure !== undefined) throw failure.error
      return dueAt.size === 0 ? undefined : Math.min(...dueAt.values())
    },
  }
}
