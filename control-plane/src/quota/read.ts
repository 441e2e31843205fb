/**
 * Reads what the upstream says of an account's quota. Pure: what is not understood is left out, never guessed, because a number that
 * nobody read is unknown and not nothing.
 */
import { isHiddenModel } from "#shared/model-name.ts"
import { quotaBucket, type QuotaBucket, type QuotaWindow } from "#shared/quota-bucket.ts"
import { field, items, numberField, textField } from "../json.ts"

export interface Reading {
  readonly bucket: QuotaBucket
  readonly window: QuotaWindow
  /** 0 to 1. */
  readonly remainingFraction: number
  /** When the window ends, in milliseconds since the epoch; undefined: the upstream did not say. */
  readonly resetsAt: number | undefined
}

type Left = Pick<Reading, "remainingFraction" | "resetsAt">

/** The upstream leaves zeros out: a window that ends at a told time and has no fraction is used up. */
function readLeft(json: unknown): Left | undefined {
  const time = Date.parse(textField(json, "resetTime") ?? "")
  const resetsAt = time >= 0 ? time : undefined
  const told = field(json, "remainingFraction")
  if (told === undefined || told === null)
    return resetsAt === undefined ? undefined : { remainingFraction: 0, resetsAt }
  const remainingFraction = numberField(json, "remainingFraction")
  if (remainingFraction === undefined || remainingFraction < 0 || remainingFraction > 1) return undefined
  return { remainingFraction, resetsAt }
}

/** The one with less left; of two with the same rest the one that is back later. */
function tighter(left: Reading, right: Reading): Reading {
  if (left.remainingFraction !== right.remainingFraction) {
    return left.remainingFraction < right.remainingFraction ? left : right
  }
  return (left.resetsAt ?? 0) >= (right.resetsAt ?? 0) ? left : right
}

/** One reading a bucket and window, the tightest that was told. */
function tightestOfEach(all: Iterable<Reading>): readonly Reading[] {
  const byName = new Map<string, Reading>()
  for (const reading of all) {
    const name = `${reading.bucket} ${reading.window}`
    const known = byName.get(name)
    byName.set(name, known === undefined ? reading : tighter(known, reading))
  }
  return [...byName.values()]
}

const BUCKETS: readonly (readonly [prefix: string, bucket: QuotaBucket])[] = [
  ["gemini-", "gemini"],
  ["3p-", "third_party"],
]

function windowOf(json: unknown, id: string): Exclude<QuotaWindow, "nearest"> | undefined {
  const told = textField(json, "window") ?? id.slice(id.lastIndexOf("-") + 1)
  return told === "5h" || told === "weekly" ? told : undefined
}

/** Both windows of the text buckets; undefined when the answer is no summary. */
export function readQuotaSummary(json: unknown): readonly Reading[] | undefined {
  const groups = field(json, "groups") ?? field(field(json, "quotaSummary"), "groups")
  if (!Array.isArray(groups)) return undefined
  const all = items(groups)
    .flatMap((group) => items(field(group, "buckets")))
    .flatMap((told): Reading[] => {
      const id = textField(told, "bucketId") ?? ""
      const bucket = BUCKETS.find(([prefix]) => id.startsWith(prefix))?.[1]
      const window = windowOf(told, id)
      const left = readLeft(told)
      return bucket === undefined || window === undefined || left === undefined ? [] : [{ bucket, window, ...left }]
    })
  return tightestOfEach(all)
}

/** What the list of models shows: of each bucket the tighter window, without a word which one it is. */
export function readCatalogueQuota(json: unknown): readonly Reading[] {
  const models = field(json, "models")
  if (typeof models !== "object" || models === null || Array.isArray(models)) return []
  const all = Object.keys(models).flatMap((id): Reading[] => {
    const left = isHiddenModel(id) ? undefined : readLeft(field(field(models, id), "quotaInfo"))
    return left === undefined ? [] : [{ bucket: quotaBucket(id), window: "nearest", ...left }]
  })
  return tightestOfEach(all)
}
