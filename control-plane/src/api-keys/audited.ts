/** What the audit keeps of a key. */
import type { ApiKeyModel } from "#generated/sqlite/models.ts"
import { pick, type AuditFields } from "../audit/fields.ts"
import type { AuditObject } from "../audit/object.ts"

/** What operators decide of it. */
const FIELDS = [
  "name",
  "prefix",
  "disabledAt",
  "expiresAt",
  "models",
  "dialects",
  "addresses",
  "maxConcurrent",
  "requestsPerMinute",
  "tokensPerMinute",
  "tokensPerDay",
  "tokensPerMonth",
  "mayExplain",
  "tags",
  "note",
] as const satisfies readonly (keyof ApiKeyModel)[]

export function keyObject({ id, name }: Pick<ApiKeyModel, "id" | "name">): AuditObject {
  return { kind: "API_KEY", id, label: name }
}

export function auditedKey(row: ApiKeyModel): AuditFields {
  return pick(row, FIELDS)
}
