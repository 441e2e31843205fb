/** What the form of a rule holds, as a person types it, and the input that becomes of it. Pure. */
import type { AlertKind, QuotaBucket, UpdateAlertRuleInput } from "#generated/web/graphql.ts"
import { type NumberBounds, type NumberProblem, readNumber } from "../../lib/read-number.ts"
import type { AlertRule } from "./create-alerts.ts"
import { kinds } from "./kinds.ts"

export interface RuleDraft {
  readonly kind: AlertKind
  readonly name: string
  readonly enabled: boolean
  /** Shares in per cent. */
  readonly threshold: string
  readonly forSeconds: string
  readonly windowMinutes: string
  readonly errorCode: string
  /** Empty: each of them. */
  readonly bucket: QuotaBucket | ""
  /** Empty: nowhere. */
  readonly webhookId: string
}

const percent = (share: number): string => String(Math.round(share * 100_000) / 1_000)

const thresholdText = (kind: AlertKind, threshold: number): string =>
  kinds[kind].threshold?.unit === "share" ? percent(threshold) : String(threshold)

/** A new rule, as the built-in one of its kind is. */
export function draftOfKind(kind: AlertKind): RuleDraft {
  const { builtIn } = kinds[kind]
  return {
    kind,
    name: "",
    enabled: true,
    threshold: thresholdText(kind, builtIn.threshold),
    forSeconds: String(builtIn.forSeconds),
    windowMinutes: String(builtIn.windowMinutes ?? ""),
    errorCode: "",
    bucket: "",
    webhookId: "",
  }
}

export function draftOfRule(rule: AlertRule): RuleDraft {
  return {
    kind: rule.kind,
    name: rule.name,
    enabled: rule.enabled,
    threshold: rule.threshold === null ? "" : thresholdText(rule.kind, rule.threshold),
    forSeconds: String(rule.forSeconds),
    windowMinutes: rule.windowMinutes === null ? "" : String(rule.windowMinutes),
    errorCode: rule.errorCode ?? "",
    bucket: rule.bucket ?? "",
    webhookId: rule.webhook?.id ?? "",
  }
}

export type NumberField = "threshold" | "forSeconds" | "windowMinutes"

/** What each number may be, as it is typed; undefined: the kind has none. */
export function boundsOfField(kind: AlertKind, field: NumberField): NumberBounds | undefined {
  const { threshold, takesWindow } = kinds[kind]
  if (field === "forSeconds") return { low: 0, high: 86_400, isWhole: true }
  if (field === "windowMinutes") return takesWindow ? { low: 1, high: 1_440, isWhole: true } : undefined
  if (threshold === undefined) return undefined
  const { low, high, isWhole } = threshold.bounds
  return threshold.unit === "share" ? { low: low * 100, high: high * 100, isWhole } : threshold.bounds
}

interface Problems {
  readonly problems: Readonly<Partial<Record<NumberField, NumberProblem>>>
}

/** An empty name is left out: then a new rule is called as the built-in one of its kind. */
export function readRule(draft: RuleDraft): { readonly input: UpdateAlertRuleInput } | Problems {
  const values: Partial<Record<NumberField, number>> = {}
  const problems: Partial<Record<NumberField, NumberProblem>> = {}
  for (const field of ["threshold", "forSeconds", "windowMinutes"] as const) {
    const bounds = boundsOfField(draft.kind, field)
    if (bounds === undefined) continue
    const read = readNumber(draft[field], bounds)
    if ("problem" in read) problems[field] = read.problem
    else values[field] = read.value
  }
  if (Object.keys(problems).length > 0) return { problems }
  const { threshold: facts, takesBucket, takesWindow } = kinds[draft.kind]
  const { threshold, ...others } = values
  const share = facts?.unit === "share" ? (threshold ?? 0) / 100 : threshold
  const input = {
    ...(draft.name.trim() === "" ? {} : { name: draft.name.trim() }),
    ...others,
    ...(share === undefined ? {} : { threshold: share }),
    enabled: draft.enabled,
    webhookId: draft.webhookId === "" ? null : draft.webhookId,
    ...(takesBucket ? { bucket: draft.bucket === "" ? null : draft.bucket } : {}),
    ...(takesWindow ? { errorCode: draft.errorCode.trim() === "" ? null : draft.errorCode.trim() } : {}),
  }
  return { input }
}
