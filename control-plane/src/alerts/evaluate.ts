/**
 * Looks at every rule: raises, renews and resolves alerts, and writes what is to be sent in the same transaction, so that an alert is
 * never raised without its message, and none is sent of an alert that was not. One control plane does it at a time.
 */
import type { Prisma } from "#generated/sqlite/client.ts"
import type { AlertModel, AlertRuleModel } from "#generated/sqlite/models.ts"
import type { Clock } from "../clock.ts"
import { lockRows } from "../database/lock-rows.ts"
import type { Database, Transaction } from "../database/open.ts"
import { texts } from "../json.ts"
import { newId } from "../new-id.ts"
import type { PoolState } from "../accounts/pool-pause.ts"
import { nextTurn, type Turn } from "./episode.ts"
import { findNow, type AlertEvidence } from "./findings.ts"
import { ALERT_KINDS } from "./kinds.ts"
import { alertBody, readEvidence, type AlertEvent } from "./message.ts"

export interface EvaluationOptions {
  readonly database: Database
  readonly clock: Clock
  readonly readPool: () => Promise<PoolState>
  /** An alert was raised, has changed or was resolved. */
  readonly onChange: (alertId: string) => void
  /** A message waits to be sent. */
  readonly onDue: () => void
}

export interface Evaluation {
  run(signal: AbortSignal): Promise<void>
}

/** Of one alert so many are listed; all are counted. */
export const LISTED = 20
/** Of one alert so many subjects are remembered. */
const REMEMBERED = 5_000
const NAMED = 3

export function createEvaluation({ database, clock, readPool, onChange, onDue }: EvaluationOptions): Evaluation {
  /** Reads outside of the transaction that writes: what is looked at may be much, and others want to write meanwhile. */
  async function look(id: string, pool: PoolState): Promise<void> {
    const { prisma } = database
    const [rule, alert] = await standingOf(prisma, id)
    if (rule === null) return
    const now = clock.now()
    const found = rule.enabled ? await findNow(rule, { prisma, now, pool, isRaised: alert !== null }) : []
    if (!hasToWrite({ rule, alert, found, now })) return
    const changed = await prisma.$transaction(async (transaction) => {
      await holdRule(database, transaction, id)
      const [ruleNow, alertNow] = await standingOf(transaction, id)
      // Somebody changed it meanwhile: the next look tells.
      if (ruleNow === null || alertNow?.id !== alert?.id || ruleNow.enabled !== rule.enabled) return undefined
      return step(transaction, { rule: ruleNow, alert: alertNow, found, now })
    })
    if (changed === undefined) return
    onChange(changed)
    onDue()
  }

  return {
    run: async (signal) => {
      const rules = await database.prisma.alertRule.findMany({ select: { id: true }, orderBy: { createdAt: "asc" } })
      const pool = await readPool()
      for (const { id } of rules) {
        if (signal.aborted) return
        await look(id, pool)
      }
    },
  }
}

interface Look {
  readonly rule: AlertRuleModel
  readonly alert: AlertModel | null
  readonly found: readonly AlertEvidence[]
  readonly now: number
}

async function standingOf(
  { alertRule, alert }: Transaction,
  id: string,
): Promise<readonly [AlertRuleModel | null, AlertModel | null]> {
  return [await alertRule.findUnique({ where: { id } }), await alert.findFirst({ where: { ruleId: id, until: null } })]
}

function turnOf({ rule, alert, found, now }: Look): Turn {
  const isRaised = alert !== null
  if (!rule.enabled) return { type: isRaised ? "resolve" : "stay" }
  const standing = { isMet: found.length > 0, isRaised, turningSince: rule.turningSince?.getTime() }
  return nextTurn(standing, rule.forSeconds * 1000, now)
}

function hasToWrite(look: Look): boolean {
  const { rule, alert, found } = look
  const turn = turnOf(look)
  if (turn.type === "raise" || turn.type === "resolve") return true
  if ((turn.type === "wait" ? turn.since : undefined) !== rule.turningSince?.getTime()) return true
  return alert !== null && found.length > 0 && newsOf(rule, alert, found) !== undefined
}

/** The id of the alert that changed. */
async function step(transaction: Transaction, look: Look): Promise<string | undefined> {
  const { rule, alert, found, now } = look
  const turn = turnOf(look)
  const turningSince = turn.type === "wait" ? turn.since : undefined
  if (turningSince !== rule.turningSince?.getTime()) {
    const data = { turningSince: turningSince === undefined ? null : new Date(turningSince) }
    await transaction.alertRule.updateMany({ where: { id: rule.id }, data })
  }
  if (turn.type === "raise") return raise(transaction, rule, found, now)
  if (alert === null) return undefined
  if (turn.type === "resolve") return resolveAlert(transaction, rule, alert, now)
  return found.length === 0 ? undefined : renew(transaction, look, alert)
}

async function raise(
  transaction: Transaction,
  rule: AlertRuleModel,
  found: readonly AlertEvidence[],
  now: number,
): Promise<string> {
  const at = new Date(now)
  const alert = await transaction.alert.create({
    data: {
      id: newId("alt"),
      ruleId: rule.id,
      kind: rule.kind,
      ruleName: rule.name,
      since: at,
      changedAt: at,
      toldOf: found.slice(0, REMEMBERED).map(({ subject }) => subject),
      ...contentOf(rule, found),
    },
  })
  await send(transaction, rule, "alert.firing", alert, now)
  return alert.id
}

async function renew(
  transaction: Transaction,
  { rule, found, now }: Look,
  alert: AlertModel,
): Promise<string | undefined> {
  const news = newsOf(rule, alert, found)
  if (news === undefined) return undefined
  const { content, fresh } = news
  const toldOf = [...texts(alert.toldOf), ...fresh].slice(-REMEMBERED)
  const data = { ...content, changedAt: new Date(now), toldOf }
  const changed = await transaction.alert.update({ where: { id: alert.id }, data })
  if (fresh.length > 0) await send(transaction, rule, "alert.updated", changed, now)
  return alert.id
}

/**
 * What has changed of an alert that goes on; undefined: nothing. Who comes back within an episode is no news; who comes new is, and all
 * that are new at a time are one message.
 */
function newsOf(rule: AlertRuleModel, alert: AlertModel, found: readonly AlertEvidence[]) {
  const content = contentOf(rule, found)
  const known = new Set(texts(alert.toldOf))
  const fresh = found.map(({ subject }) => subject).filter((subject) => !known.has(subject))
  // Read and written alike: a database may keep the members of an object in an order of its own.
  const same = JSON.stringify(readEvidence(content.evidence)) === JSON.stringify(readEvidence(alert.evidence))
  return same && content.count === alert.count && fresh.length === 0 ? undefined : { content, fresh }
}

/**
 * First in every transaction that changes a rule or its alert: what it reads then stays so until it ends. A rule that went while its
 * alert is raised would leave an alert that nothing ends.
 */
export async function holdRule({ kind }: Pick<Database, "kind">, transaction: Transaction, id: string): Promise<void> {
  if (kind === "postgresql") await lockRows(transaction, "AlertRule", [id])
}

/** Ends an alert, whatever its rule finds. */
export async function resolveAlert(
  transaction: Transaction,
  rule: AlertRuleModel,
  { id }: Pick<AlertModel, "id">,
  now: number,
): Promise<string> {
  const at = new Date(now)
  const resolved = await transaction.alert.update({ where: { id }, data: { until: at, changedAt: at } })
  if (rule.turningSince !== null) {
    await transaction.alertRule.updateMany({ where: { id: rule.id }, data: { turningSince: null } })
  }
  await send(transaction, rule, "alert.resolved", resolved, now)
  return id
}

async function send(
  transaction: Transaction,
  rule: AlertRuleModel,
  event: AlertEvent,
  alert: AlertModel,
  now: number,
): Promise<void> {
  if (rule.webhookId === null) return
  const webhook = await transaction.webhook.findUnique({ where: { id: rule.webhookId } })
  if (webhook === null || webhook.disabledAt !== null) return
  const id = newId("evt")
  const at = new Date(now)
  await transaction.alertDelivery.create({
    data: {
      id,
      alertId: alert.id,
      webhookId: webhook.id,
      event,
      body: alertBody(id, event, alert, now),
      createdAt: at,
      dueAt: at,
    },
  })
}

function contentOf(rule: AlertRuleModel, found: readonly AlertEvidence[]) {
  const names = found.slice(0, NAMED).map(({ label }) => label)
  const more = found.length > NAMED ? `, and ${found.length - NAMED} more` : ""
  return {
    count: found.length,
    summary: `${rule.name}: ${names.join(", ")}${more}`.slice(0, 500),
    wayOut: ALERT_KINDS[rule.kind].wayOut,
    evidence: found.slice(0, LISTED).map((one): Prisma.InputJsonObject => ({ ...one })),
  }
}
