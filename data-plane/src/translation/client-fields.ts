/** The client's body as its leaves, each with the row of its dialect's field table that says what becomes of it. */
import type { ClientDialectName } from "#shared/client-dialect.ts"
import { MESSAGES_TREE } from "../dialects/anthropic-messages/wire.ts"
import { isEmpty, kindName, type FieldRule, type FieldTree } from "../dialects/field-table.ts"
import { GEMINI_TREE } from "../dialects/gemini/wire.ts"
import { CHAT_TREE } from "../dialects/openai-chat/wire.ts"
import { COMPLETIONS_TREE } from "../dialects/openai-completions/wire.ts"
import { IMAGES_TREE } from "../dialects/openai-images/wire.ts"
import { RESPONSES_TREE } from "../dialects/openai-responses/wire.ts"
import { isObject, type WireObject } from "../dialects/read-wire.ts"
import { LeafCollector, pointerOf, type Leaf, type Leaves } from "./pointers.ts"

export interface ClientLeaf extends Leaf {
  /** The row's path, as in the table. */
  readonly row: string
  /** Undefined: no row names it. */
  readonly rule: FieldRule | undefined
}

export interface ClientFields {
  readonly leaves: Leaves<ClientLeaf>
  /** Values that the table does not look into, by their pointers. */
  readonly opaque: ReadonlyMap<string, unknown>
  /** Whole fields that the table does not carry. */
  readonly lost: readonly ClientLeaf[]
}

const TREES: Readonly<Record<ClientDialectName, FieldTree>> = {
  "openai-chat": CHAT_TREE,
  "openai-responses": RESPONSES_TREE,
  "openai-completions": COMPLETIONS_TREE,
  "openai-images": IMAGES_TREE,
  "anthropic-messages": MESSAGES_TREE,
  gemini: GEMINI_TREE,
}

/** Says of what kind an element of a list is, or whose: another dialect says it by its own form. */
function isKindWord(name: string, pointer: string, value: unknown): boolean {
  if (value === true) return name === "thought"
  return typeof value === "string" && (name === "role" || (name === "type" && /\/\d+\//.test(pointer)))
}

export function clientFields(dialect: ClientDialectName, body: WireObject): ClientFields {
  const walk = new FieldWalk(dialect === "gemini")
  walk.object(body, { pointer: "", row: "", node: TREES[dialect], kind: undefined, rule: undefined })
  return { leaves: walk.collector.leaves(), opaque: walk.opaque, lost: walk.lost }
}

interface Place {
  readonly pointer: string
  readonly row: string
  readonly node: FieldTree | undefined
  readonly kind: { readonly node: FieldTree; readonly name: string } | undefined
  /** The nearest one above. */
  readonly rule: FieldRule | undefined
}

class FieldWalk {
  readonly collector = new LeafCollector<ClientLeaf>()
  readonly opaque = new Map<string, unknown>()
  readonly lost: ClientLeaf[] = []
  /** Its clients write names and lists in more than one way. */
  readonly #isLoose: boolean

  constructor(isLoose: boolean) {
    this.#isLoose = isLoose
  }

  object(wire: WireObject, place: Place): void {
    this.collector.branch(place.pointer, () => {
      for (const [name, value] of Object.entries(wire)) if (saysSomething(value)) this.#field(name, value, place)
    })
  }

  #field(name: string, value: unknown, { pointer, row, node, kind, rule }: Place): void {
    const known = this.#isLoose ? camelCase(name) : name
    const ofKind = kind?.node.fields.get(known)
    const at = pointerOf(pointer, name)
    const base = ofKind === undefined || kind === undefined ? row : kindRow(row, kind.name)
    this.#value(value, {
      pointer: at,
      row: base === "" ? known : `${base}.${known}`,
      node: ofKind ?? node?.fields.get(known),
      kind: undefined,
      rule: ofKind === undefined && node?.fields.get(known) === undefined ? UNKNOWN : rule,
    })
  }

  #value(value: unknown, place: Place): void {
    const { node } = place
    const kind = node !== undefined && isObject(value) ? elementKind(value, node) : undefined
    const rule = kind?.node.rule ?? node?.rule ?? place.rule
    const row = kind === undefined ? place.row : kindRow(place.row, kind.name)
    if (rule === UNKNOWN || (rule !== undefined && rule.how !== "carried")) {
      if (!isEmpty(value))
        this.lost.push({ pointer: place.pointer, value, row, rule: rule === UNKNOWN ? undefined : rule })
      return
    }
    const name = place.row.slice(place.row.lastIndexOf(".") + 1)
    if (isKindWord(name, place.pointer, value)) return
    if (!isObject(value) && !Array.isArray(value)) {
      return this.collector.add({ pointer: place.pointer, value, row, rule })
    }
    if (isOpaque(node, kind?.node)) return this.#opaque(value, { pointer: place.pointer, value, row, rule })
    if (isObject(value)) {
      const { elements } = node ?? {}
      // One element in the place of a list.
      const isLone = this.#isLoose && elements !== undefined && node?.fields.size === 0
      this.object(value, { ...place, rule, kind, ...(isLone ? { node: elements, row: `${place.row}[]` } : {}) })
      return
    }
    this.collector.branch(place.pointer, () => {
      const inner = node?.elements ?? EMPTY
      for (const [index, element] of value.entries()) {
        if (!saysSomething(element)) continue
        const found = isObject(element) && node !== undefined ? elementKind(element, node) : undefined
        const at = { pointer: pointerOf(place.pointer, index), row: `${place.row}[]`, node: inner, rule }
        if (found === undefined) this.#value(element, { ...at, kind: undefined })
        else this.#element(element, at, found)
      }
    })
  }

  #element(element: unknown, place: Omit<Place, "kind">, kind: NonNullable<Place["kind"]>): void {
    const rule = kind.node.rule ?? place.rule
    const row = kindRow(place.row, kind.name)
    if (rule !== undefined && rule.how !== "carried") {
      this.lost.push({ pointer: place.pointer, value: element, row, rule })
    } else if (isOpaque(place.node, kind.node)) {
      this.#opaque(element, { pointer: place.pointer, value: element, row, rule })
    } else if (isObject(element)) this.object(element, { ...place, kind, rule })
  }

  #opaque(value: unknown, leaf: ClientLeaf): void {
    this.opaque.set(leaf.pointer, value)
    const isSchema = SCHEMA.test(leaf.row)
    const walk = (inner: unknown, pointer: string, isKind: boolean): void => {
      if (!saysSomething(inner)) return
      if (!isObject(inner) && !Array.isArray(inner)) {
        if (!isKind) this.collector.add({ ...leaf, pointer, value: inner })
        return
      }
      this.collector.branch(pointer, () => {
        for (const [step, member] of Object.entries(inner)) {
          const at = pointerOf(pointer, step)
          walk(member, at, !isSchema && isKindWord(step, at, member))
        }
      })
    }
    walk(value, leaf.pointer, false)
  }
}

/** What some clients write for nothing is a text where a text may stand. */
function saysSomething(value: unknown): boolean {
  return !isEmpty(value) || value === NOTHING
}

export const NOTHING = "[undefined]"

/** In a schema `type` is a word like any other. */
const SCHEMA = /(?:parameters|[sS]chema)$/

const UNKNOWN: FieldRule = { how: "dropped", note: "" }
const EMPTY: FieldTree = { rule: undefined, fields: new Map(), kinds: new Map(), elements: undefined }

function isOpaque(node: FieldTree | undefined, kind: FieldTree | undefined): boolean {
  const isBare = (tree: FieldTree | undefined): boolean =>
    tree === undefined || (tree.fields.size === 0 && tree.kinds.size === 0 && tree.elements === undefined)
  return isBare(node) && isBare(kind)
}

/** As proto-JSON spells it. */
export function camelCase(name: string): string {
  return name.replaceAll(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase())
}

function elementKind(value: WireObject, { kinds }: FieldTree): Place["kind"] {
  const name = kindName(value)
  const node = name === undefined ? undefined : kinds.get(name)
  return name === undefined || node === undefined ? undefined : { node, name }
}

/** The row of an element is that of its list until its kind is known. */
function kindRow(row: string, kind: string): string {
  return `${row.endsWith("[]") ? row.slice(0, -2) : row}[${kind}]`
}
