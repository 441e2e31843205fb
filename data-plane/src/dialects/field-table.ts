/**
 * What becomes of every field of a wire, as data. A dialect's `wire.ts` holds the table; the decoder asks `droppedPaths` what a
 * request lost; `docs/reference/dialects.md` shows the same rows and a test compares them.
 *
 * A row's key is a path: `a.b` a field, `list[]` any element of a list, `list[kind]` an element (or an object) whose `type`, or
 * `role` where it has one, is `kind`. Fields of an element are written under `list[].field`, or `list[kind].field` where they
 * differ. An element that no row names falls to `list[]`. What no row names at all is unknown: ignored, and listed as dropped.
 */
import { isAbsent, isObject, type WireObject } from "./read-wire.ts"

/** carried: reaches the canonical request. ignored: has no meaning here, nothing is lost. dropped: lost in this version, and recorded. */
export type Handling = "carried" | "ignored" | "dropped" | "refused"

export interface FieldRule {
  readonly how: Handling
  /** Where it goes, or why it does not; one short sentence for the reference. */
  readonly note: string
}

export type FieldTable = Readonly<Record<string, FieldRule>>

export const carried = (note: string): FieldRule => ({ how: "carried", note })
export const ignored = (note: string): FieldRule => ({ how: "ignored", note })
export const dropped = (note: string): FieldRule => ({ how: "dropped", note })
/** The decoder answers with an error of this dialect. */
export const refused = (note: string): FieldRule => ({ how: "refused", note })

/** A table made ready for look-up along a request. */
export interface FieldTree {
  rule: FieldRule | undefined
  readonly fields: Map<string, FieldTree>
  readonly kinds: Map<string, FieldTree>
  elements: FieldTree | undefined
}

/** More losses than this are counted, not listed: a long conversation must not make a long record. */
const MAX_LISTED = 200
const COUNTED = /^and (\d+) more$/
/** Names of unknown fields are the client's own text and are cut to this. */
const MAX_NAME_LENGTH = 64

export function compileFieldTable(table: FieldTable): FieldTree {
  const root = emptyTree()
  for (const [path, rule] of Object.entries(table)) nodeAt(root, path).rule = rule
  return root
}

/** Paths of what `wire` holds and the table does not carry, in the request's order. Absent and empty values lose nothing. */
export function droppedPaths(wire: WireObject, tree: FieldTree): string[] {
  const walk = new Walk()
  walk.fields(wire, tree, undefined)
  return walk.paths()
}

/**
 * The table's losses and those that only the decoder can tell. What the decoder gave up as a whole is listed once, without the
 * fields inside it; its marks of added text come last.
 */
export function mergeDropped(byTable: readonly string[], byDecoder: readonly string[]): string[] {
  const whole = byDecoder.filter((path) => !path.startsWith("+"))
  const isInside = (path: string) => whole.some((lost) => path.startsWith(`${lost}.`) || path.startsWith(`${lost}[`))
  const marks = byDecoder.filter((path) => path.startsWith("+"))
  const paths = byTable.filter((path) => !isInside(path))
  return listedLosses([...paths, ...whole.filter((path) => !paths.includes(path)), ...marks])
}

/** As many as a record holds, then the count of the rest; marks of added text are few, and come last. */
export function listedLosses(all: readonly string[]): string[] {
  const paths: string[] = []
  const marks = new Set<string>()
  let unlisted = 0
  for (const loss of all) {
    const [, more] = COUNTED.exec(loss) ?? []
    if (loss.startsWith("+")) marks.add(loss)
    else if (more !== undefined) unlisted += Number(more)
    else paths.push(loss)
  }
  if (unlisted === 0 && paths.length <= MAX_LISTED + 1) return [...paths, ...marks]
  const listed = paths.slice(0, MAX_LISTED)
  return [...listed, `and ${paths.length - listed.length + unlisted} more`, ...marks]
}

function emptyTree(): FieldTree {
  return { rule: undefined, fields: new Map(), kinds: new Map(), elements: undefined }
}

function nodeAt(root: FieldTree, path: string): FieldTree {
  let node = root
  for (const [, field, kind] of path.matchAll(/([^.[\]]+)|\[([^\]]*)\]/g)) {
    if (field !== undefined) node = child(node.fields, field)
    else if (kind !== undefined && kind !== "") node = child(node.kinds, kind)
    else node = node.elements ??= emptyTree()
  }
  return node
}

function child(children: Map<string, FieldTree>, name: string): FieldTree {
  const known = children.get(name)
  if (known !== undefined) return known
  const made = emptyTree()
  children.set(name, made)
  return made
}

class Walk {
  private readonly listed: string[] = []
  private unlisted = 0
  /** Where the walk stands; made into text only when something is dropped. */
  private readonly trail: (string | number)[] = []

  paths(): string[] {
    return this.unlisted === 0 ? this.listed : [...this.listed, `and ${this.unlisted} more`]
  }

  /** `kind` is the node of the object's own kind, whose fields go before the general ones. */
  fields(wire: WireObject, general: FieldTree, kind: FieldTree | undefined): void {
    if (general.fields.size === 0 && (kind === undefined || kind.fields.size === 0)) return
    for (const name of Object.keys(wire)) {
      this.trail.push(name)
      this.value(wire[name], kind?.fields.get(name) ?? general.fields.get(name))
      this.trail.pop()
    }
  }

  private value(value: unknown, node: FieldTree | undefined): void {
    if (isEmpty(value)) return
    if (node === undefined) return this.drop()
    const kind = isObject(value) ? kindOf(value, node) : undefined
    const how = (kind?.rule ?? node.rule)?.how
    if (how === "dropped") return this.drop()
    if (how === "ignored") return
    if (Array.isArray(value)) this.elements(value, node)
    else if (isObject(value)) this.fields(value, node, kind)
  }

  private elements(list: readonly unknown[], node: FieldTree): void {
    if (node.elements === undefined && node.kinds.size === 0) return
    const general = node.elements ?? emptyTree()
    for (const [index, element] of list.entries()) {
      if (!isObject(element)) continue
      const kind = kindOf(element, node)
      const how = (kind?.rule ?? general.rule)?.how
      this.trail.push(index)
      if (how === "dropped") this.drop()
      else if (how !== "ignored") this.fields(element, general, kind)
      this.trail.pop()
    }
  }

  private drop(): void {
    if (this.listed.length < MAX_LISTED) this.listed.push(pathOf(this.trail))
    else this.unlisted += 1
  }
}

function kindOf(value: WireObject, node: FieldTree): FieldTree | undefined {
  if (node.kinds.size === 0) return undefined
  const name = kindName(value)
  return name === undefined ? undefined : node.kinds.get(name)
}

/** What an element's own kind is called in a row. */
export function kindName(value: WireObject): string | undefined {
  const name = typeof value["role"] === "string" ? value["role"] : value["type"]
  return typeof name === "string" ? name : undefined
}

/** Loses nothing when it is left out. */
export function isEmpty(value: unknown): boolean {
  if (isAbsent(value) || value === "") return true
  if (Array.isArray(value)) return value.length === 0
  return isObject(value) && Object.keys(value).length === 0
}

function pathOf(trail: readonly (string | number)[]): string {
  let path = ""
  for (const step of trail) {
    if (typeof step === "number") path += `[${step}]`
    else path += `${path === "" ? "" : "."}${step.slice(0, MAX_NAME_LENGTH)}`
  }
  return path
}
