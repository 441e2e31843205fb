/** What was found out about one pair of requests so far: the notes, and which leaves of either side are still to be accounted for. */
import type { TranslationNote } from "#shared/capture.ts"
import type { ClientDialectName } from "#shared/client-dialect.ts"
import type { WireObject } from "../dialects/read-wire.ts"
import { clientFields, type ClientLeaf } from "./client-fields.ts"
import { leavesOf, type Leaves } from "./pointers.ts"
import { REASONS, sentenceOf, type ReasonCode } from "./reasons.ts"
import { wishOf, type WishName } from "./wishes.ts"

export interface NoteAt {
  readonly client?: string | undefined
  readonly upstream?: string | undefined
  readonly rule?: string | undefined
}

export class Ledger {
  readonly client: Leaves<ClientLeaf>
  readonly upstream: Leaves
  /** Values that the field table does not look into, by their pointers. */
  readonly opaque: ReadonlyMap<string, unknown>
  readonly body: WireObject
  readonly #dialect: ClientDialectName
  readonly #wishes = new Map<string, WishName | undefined>()
  readonly #notes = new Map<string, TranslationNote>()

  constructor(dialect: ClientDialectName, body: WireObject, upstream: WireObject) {
    const { leaves, opaque, lost } = clientFields(dialect, body)
    this.client = leaves
    this.opaque = opaque
    this.upstream = leavesOf(upstream)
    this.body = body
    this.#dialect = dialect
    for (const { pointer, row, rule } of lost) {
      const at = { client: pointer, ...(rule === undefined ? {} : { rule: row }) }
      const field = fieldOf(pointer)
      if (rule === undefined) this.note("field-unknown", { field }, at)
      else if (rule.how === "dropped") this.note("field-dropped", { field, why: rule.note }, at)
      else this.note("field-ignored", { field, why: rule.note }, at)
    }
  }

  /** Both places and all below them are accounted for. Notes on what is ignored are one for each row, with their number. */
  note(code: ReasonCode, values: Readonly<Record<string, unknown>>, at: NoteAt): void {
    if (at.client !== undefined) this.client.settle(at.client)
    if (at.upstream !== undefined) this.upstream.settle(at.upstream)
    this.tell(code, values, at)
  }

  /** Of something that explains no value by itself. */
  tell(code: ReasonCode, values: Readonly<Record<string, unknown>>, { client, upstream, rule }: NoteAt): void {
    const reason = sentenceOf(code, values)
    const { kind } = REASONS[code]
    // What is ignored stands in many places, and one of them says it all.
    const key =
      code === "field-ignored" ? `${code} ${rule ?? ""}` : `${code} ${client ?? ""} ${upstream ?? ""} ${reason}`
    const known = this.#notes.get(key)
    if (known !== undefined) {
      this.#notes.set(key, { ...known, times: (known.times ?? 1) + 1 })
      return
    }
    const at = { ...(client === undefined ? {} : { client }), ...(upstream === undefined ? {} : { upstream }) }
    this.#notes.set(key, { code, kind, reason, ...at, ...(rule === undefined ? {} : { rule }) })
  }

  /** Carried as it is; of two values of which one does not hold the other nothing is believed. */
  carried(client: string | undefined, upstream: string): void {
    const given = client === undefined ? undefined : this.client.at(client)
    const sent = this.upstream.at(upstream)
    if (given !== undefined && sent !== undefined && !holds(given.value, sent.value)) return
    if (client !== undefined) this.client.settle(client)
    this.upstream.settle(upstream)
  }

  /** Open leaves of the client's that ask for this. */
  asking(wish: WishName): readonly ClientLeaf[] {
    return this.client.open.filter((leaf) => this.wishOf(leaf) === wish)
  }

  wishOf({ row }: ClientLeaf): WishName | undefined {
    if (!this.#wishes.has(row)) this.#wishes.set(row, wishOf(this.#dialect, row))
    return this.#wishes.get(row)
  }

  get notes(): readonly TranslationNote[] {
    return [...this.#notes.values()]
  }
}

/** A pointer as people write it: `messages[2].content`. */
export function fieldOf(pointer: string): string {
  return pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce((path, step) => (/^\d+$/.test(step) ? `${path}[${step}]` : path === "" ? step : `${path}.${step}`), "")
}

/** The same, or base64 in its `data:` URL. Of an empty object nothing can be said. */
function holds(given: unknown, sent: unknown): boolean {
  if (typeof sent === "object" || given === sent) return true
  return typeof given === "string" && typeof sent === "string" && given.includes(sent)
}
