/** What the audit keeps of an account. */
import type { AccountModel } from "#generated/sqlite/models.ts"
import { pick, type AuditFields } from "../audit/fields.ts"
import type { AuditObject } from "../audit/object.ts"

/** What operators decide of it; its state is told where it changes. */
const FIELDS = [
  "kind",
  "label",
  "email",
  "enabled",
  "projectId",
  "weight",
  "priority",
  "maxConcurrent",
  "reserve",
  "disabledModels",
  "tags",
] as const satisfies readonly (keyof AccountModel)[]

export function accountObject({ id, label }: Pick<AccountModel, "id" | "label">): AuditObject {
  return { kind: "ACCOUNT", id, label }
}

export function accountFields(row: AccountModel): AuditFields {
  return pick(row, FIELDS)
}
