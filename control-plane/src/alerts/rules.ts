/** The rules by which alerts are raised: the built-in ones, and those that operators make. */
import type { AlertKind } from "#generated/sqlite/enums.ts"
import type { AlertModel, AlertRuleModel } from "#generated/sqlite/models.ts"
import { ERROR_CODES } from "#shared/error-code.ts"
import type { QuotaBucket } from "#shared/quota-bucket.ts"
import { FAILURE_CLASSES } from "#shared/upstream-failure.ts"
import type { Audit } from "../audit/audit.ts"
import { pick } from "../audit/fields.ts"
import type { Clock } from "../clock.ts"
import { isUniqueViolation, type Database, type Transaction } from "../database/open.ts"
import { InvalidInputError, RefusedError } from "../failure.ts"
import { checkName, checkRange, isGiven, refuseField, type Given } from "../input-checks.ts"
import { newId } from "../new-id.ts"
import { holdRule, resolveAlert } from "./evaluate.ts"
import { DEFAULT_WINDOW_MINUTES } from "./error-rate.ts"
import { ALERT_KINDS } from "./kinds.ts"

export interface AlertRuleInput {
  readonly name?: Given<string>
  readonly enabled?: Given<boolean>
  readonly threshold?: Given<number>
  readonly forSeconds?: Given<number>
  readonly windowMinutes?: Given<number>
  readonly errorCode?: Given<string>
  readonly failureClass?: Given<string>
  readonly bucket?: Given<QuotaBucket>
  readonly webhookId?: Given<string>
}

export interface AlertRules {
  /** Makes those that are there from the first start on. */
  establish(): Promise<void>
  read(): Promise<AlertRuleModel[]>
  /** The alerts of these rules that go on, by the rule's id. */
  firing(ids: string[]): Promise<{ readonly id: string; readonly alert: AlertModel }[]>
  create(kind: AlertKind, input: AlertRuleInput): Promise<AlertRuleModel>
  /** What is left out stays; null takes back what may be absent. */
  update(id: string, input: AlertRuleInput): Promise<AlertRuleModel>
  remove(id: string): Promise<void>
}

export interface AlertRulesOptions {
  readonly database: Database
  readonly clock: Clock
  readonly audit: Pick<Audit, "record">
  /** A rule may be met, or over, at once. */
  readonly onChange: () => void
  readonly onAlert: (alertId: string) => void
}

const KINDS = Object.keys(ALERT_KINDS) as AlertKind[] // the table's own keys
const AUDITED = [
  "kind",
  "name",
  "enabled",
  "threshold",
  "forSeconds",
  "windowMinutes",
  "errorCode",
  "failureClass",
  "bucket",
  "webhookId",
] as const satisfies readonly (keyof AlertRuleModel)[]
const DAY_S = 86_400
const MAX_RULES = 100

export function createAlertRules({ database, clock, audit, onChange, onAlert }: AlertRulesOptions): AlertRules {
  const { prisma } = database
  const object = ({ id, name }: AlertRuleModel) => ({ kind: "ALERT_RULE" as const, id, label: name })

  async function take(transaction: Transaction, id: string): Promise<AlertRuleModel> {
    await holdRule(database, transaction, id)
    const row = await transaction.alertRule.findUnique({ where: { id } })
    if (row === null) throw new InvalidInputError("not_found", "There is no such alert rule.", ["id"])
    return row
  }

  async function checkWebhook(transaction: Transaction, id: Given<string>): Promise<void> {
    if (id === null || id === undefined) return
    if ((await transaction.webhook.count({ where: { id } })) === 0) {
      refuseField("not_found", "There is no such webhook.", "webhookId")
    }
  }

  return {
    establish: async () => {
      for (const kind of KINDS) {
        const { name, threshold, forSeconds, windowMinutes = null } = ALERT_KINDS[kind].builtIn
        const id = `alr_${kind.toLowerCase()}`
        if ((await prisma.alertRule.count({ where: { id } })) > 0) continue
        const createdAt = new Date(clock.now())
        const data = { id, kind, name, threshold, forSeconds, windowMinutes, builtIn: true, createdAt }
        await prisma.alertRule.create({ data }).catch((error: unknown) => {
          // Another control plane was quicker.
          if (!isUniqueViolation(error)) throw error
        })
      }
    },
    read: () => prisma.alertRule.findMany({ orderBy: [{ createdAt: "asc" }, { id: "asc" }] }),
    firing: async (ids) => {
      const alerts = await prisma.alert.findMany({ where: { ruleId: { in: ids }, until: null } })
      return alerts.flatMap((alert) => (alert.ruleId === null ? [] : { id: alert.ruleId, alert }))
    },
    create: async (kind, input) => {
      const { builtIn } = ALERT_KINDS[kind]
      const fields = checkInput(kind, input)
      checkTogether(fields)
      const row = await prisma.$transaction(async (transaction) => {
        if ((await transaction.alertRule.count()) >= MAX_RULES) {
          throw new RefusedError("too_many", `There are at most ${MAX_RULES} alert rules; remove one first.`)
        }
        await checkWebhook(transaction, input.webhookId)
        const made = await transaction.alertRule.create({
          data: {
            name: builtIn.name,
            threshold: builtIn.threshold,
            forSeconds: builtIn.forSeconds,
            windowMinutes: builtIn.windowMinutes ?? null,
            ...fields,
            id: newId("alr"),
            kind,
            createdAt: new Date(clock.now()),
          },
        })
        await audit.record(transaction, { object: object(made), after: pick(made, AUDITED) })
        return made
      })
      onChange()
      return row
    },
    update: async (id, input) => {
      const row = await prisma.$transaction(async (transaction) => {
        const before = await take(transaction, id)
        await checkWebhook(transaction, input.webhookId)
        const fields = checkInput(before.kind, input)
        checkTogether({ ...before, ...fields })
        const after = await transaction.alertRule.update({ where: { id }, data: fields })
        await audit.record(transaction, {
          object: object(after),
          before: pick(before, AUDITED),
          after: pick(after, AUDITED),
        })
        return after
      })
      onChange()
      return row
    },
    remove: async (id) => {
      const resolved = await prisma.$transaction(async (transaction) => {
        const row = await take(transaction, id)
        if (row.builtIn) {
          throw new RefusedError("built_in", "This rule is built in: disable it, which leaves nothing of it to see.")
        }
        const alert = await transaction.alert.findFirst({ where: { ruleId: id, until: null } })
        if (alert !== null) await resolveAlert(transaction, row, alert, clock.now())
        await transaction.alertRule.delete({ where: { id } })
        await audit.record(transaction, { object: object(row), before: pick(row, AUDITED) })
        return alert?.id
      })
      if (resolved !== undefined) onAlert(resolved)
    },
  }
}

type Fields = Partial<
  Pick<
    AlertRuleModel,
    | "name"
    | "enabled"
    | "threshold"
    | "forSeconds"
    | "windowMinutes"
    | "errorCode"
    | "failureClass"
    | "bucket"
    | "webhookId"
  >
>

/** What of the input is given, as columns. Throws `InvalidInputError` with the field's place. */
function checkInput(kind: AlertKind, input: AlertRuleInput): Fields {
  const { takesWindow, takesBucket } = ALERT_KINDS[kind]
  const { name, enabled, errorCode, failureClass, bucket, webhookId } = input
  const refuse = (field: string): never => refuseField("not_of_kind", `${kind} has no ${field}.`, field)
  if (!takesWindow && isGiven(input.windowMinutes)) refuse("windowMinutes")
  if (!takesWindow && isGiven(errorCode)) refuse("errorCode")
  if (!takesWindow && isGiven(failureClass)) refuse("failureClass")
  if (!takesBucket && isGiven(bucket)) refuse("bucket")
  if (isGiven(errorCode) && !Object.hasOwn(ERROR_CODES, errorCode)) {
    refuseField("unknown", "There is no such error code; docs/reference/errors.md lists them.", "errorCode")
  }
  if (isGiven(failureClass) && !Object.hasOwn(FAILURE_CLASSES, failureClass)) {
    refuseField("unknown", "There is no such class of failure; docs/reference/blame.md lists them.", "failureClass")
  }
  const threshold = checkThreshold(kind, input.threshold)
  const forSeconds = checkRange(input.forSeconds, "forSeconds", 0, DAY_S)
  const windowMinutes = checkRange(input.windowMinutes, "windowMinutes", 1, 1_440)
  return {
    ...(isGiven(name) ? { name: checkName(name, ["input", "name"]) } : {}),
    ...(isGiven(enabled) ? { enabled } : {}),
    ...(threshold === undefined ? {} : { threshold }),
    ...(forSeconds === undefined ? {} : { forSeconds }),
    ...(takesWindow && input.windowMinutes !== undefined
      ? { windowMinutes: windowMinutes ?? DEFAULT_WINDOW_MINUTES }
      : {}),
    ...(errorCode === undefined ? {} : { errorCode }),
    ...(failureClass === undefined ? {} : { failureClass }),
    ...(bucket === undefined ? {} : { bucket }),
    ...(webhookId === undefined ? {} : { webhookId }),
  }
}

/** An error code is of requests, a class of failure of attempts: a share is of one of them. */
function checkTogether({ errorCode, failureClass }: Fields): void {
  if (!isGiven(errorCode) || !isGiven(failureClass)) return
  const message = "A rule counts by an errorCode or by a failureClass; null takes the other back."
  refuseField("not_together", message, "failureClass")
}

function checkThreshold(kind: AlertKind, given: Given<number>): number | undefined {
  if (!isGiven(given)) return undefined
  const { threshold } = ALERT_KINDS[kind]
  if (threshold === undefined) return refuseField("not_of_kind", `${kind} has no threshold.`, "threshold")
  const { low, high, isWhole, meaning } = threshold
  if (!(given >= low && given <= high) || (isWhole && !Number.isInteger(given))) {
    const number = isWhole ? "a whole number" : "a number"
    refuseField("out_of_range", `The threshold is ${number} from ${low} to ${high}. ${meaning}`, "threshold")
  }
  return given
}
