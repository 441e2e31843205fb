/** Where the values of a conversation stand in the client's body: each place is given out once, in the body's order. */
import { toolAvailable } from "../canonical/gateway-text.ts"
import type { ToolCallPart, ToolResultPart } from "../canonical/part.ts"
import { readArguments } from "../canonical/tool-arguments.ts"
import { isObject } from "../dialects/read-wire.ts"
import type { ClientLeaf } from "./client-fields.ts"
import { fieldOf, type Ledger } from "./ledger.ts"
import { pointerOf } from "./pointers.ts"
import { REWRITTEN } from "./rewritten.ts"

/** So that a tool called like a word of the text is not taken for it. */
type Sort = "text" | "tool" | "name" | "id" | "result-id" | "json"

const IDS: ReadonlySet<string> = new Set(["id", "call_id"])
const RESULT_IDS = /\/(?:tool_call_id|tool_use_id|function_?[rR]esponse\/id)$/
const MEDIA_TYPES = ["media_type", "mimeType", "mime_type", "format"] as const
const ARGUMENTS: ReadonlySet<string> = new Set(["args", "arguments", "input"])
const DATA_URL = /data:([^;,]*)[^,]*,/i

export interface CallPlaces {
  readonly name: string | undefined
  readonly id: string | undefined
  readonly arguments: string | undefined
}

export interface ResultPlaces {
  readonly name: string | undefined
  readonly id: string | undefined
  /** Its texts, or the whole. */
  readonly content: readonly string[]
}

export class ClientPlaces {
  readonly #ledger: Ledger
  readonly #leaves: readonly ClientLeaf[]
  readonly #waiting = new Map<string, string[]>()
  readonly #taken = new Set<string>()
  /** The place that a value was last found at. */
  readonly #last = new Map<string, string>()
  readonly #byPointer: ReadonlyMap<string, ClientLeaf>

  constructor(ledger: Ledger) {
    this.#ledger = ledger
    this.#leaves = ledger.asking("talk")
    this.#byPointer = new Map(this.#leaves.map((leaf) => [leaf.pointer, leaf]))
    for (const [pointer, value] of ledger.opaque) {
      // What the decoder lost as a whole stands nowhere.
      const isThere = ledger.client.isOpen(pointer) || ledger.client.rank(pointer) === Infinity
      if (isThere || JSON.stringify(value) === "{}") this.#add("json", JSON.stringify(value), pointer)
    }
    for (const { pointer, value } of this.#leaves) this.#index(pointer, value)
  }

  #index(pointer: string, value: unknown): void {
    const step = lastStep(pointer)
    const text = String(value)
    if (typeof value === "string" && ARGUMENTS.has(step)) {
      for (const json of argumentsOf(value)) this.#add("json", json, pointer)
      return
    }
    this.#add(sortOf(pointer, step), text, pointer)
    if (typeof value !== "string") return
    const url = DATA_URL.exec(value)
    if (url !== null) this.#add("text", value.slice(url.index + url[0].length).replace(/\)$/, ""), pointer)
  }

  #add(sort: Sort, value: string, pointer: string): void {
    const key = `${sort} ${value}`
    const places = this.#waiting.get(key)
    if (places === undefined) this.#waiting.set(key, [pointer])
    else places.push(pointer)
  }

  #take(sort: Sort, value: string): string | undefined {
    const places = this.#waiting.get(`${sort} ${value}`)
    for (let place = places?.shift(); place !== undefined; place = places?.shift()) {
      if (this.#taken.has(place)) continue
      this.#taken.add(place)
      if (sort === "json") for (const { pointer } of this.#ledger.client.under(place)) this.#taken.add(pointer)
      this.#last.set(value, place)
      return place
    }
    return undefined
  }

  text(value: string): string | undefined {
    return this.#take("text", value)
  }

  /** The places of one message whose words this text is made of, each of them once. */
  within(text: string): readonly string[] {
    const places: string[] = []
    let rest = text
    for (const { pointer, value } of this.#leaves) {
      if (this.#taken.has(pointer)) continue
      const [first = pointer] = places
      const isOne = first === pointer || this.messageOf(pointer) === this.messageOf(first)
      const word = isOne ? wordIn(rest, value, sortOf(pointer, lastStep(pointer))) : undefined
      if (word === undefined) continue
      places.push(pointer)
      this.#taken.add(pointer)
      rest = rest.replace(word, () => "")
    }
    return places
  }

  /** The places of a text that came in pieces, in their order. */
  pieces(text: string): readonly string[] {
    let rest = text
    let places: string[] = []
    for (const { pointer, value } of this.#leaves) {
      if (this.#taken.has(pointer) || lastStep(pointer) !== "text" || typeof value !== "string" || value === "")
        continue
      if (!rest.startsWith(value)) {
        rest = text
        places = []
        if (!rest.startsWith(value)) continue
      }
      places.push(pointer)
      rest = rest.slice(value.length)
      if (rest !== "") continue
      for (const place of places) this.#taken.add(place)
      return places
    }
    return []
  }

  call({ id, name, arguments: args }: ToolCallPart): CallPlaces {
    const [inner, ...others] = Object.values(args)
    return {
      name: this.#take("name", name) ?? this.#joinedName(name),
      id: id === "" ? undefined : this.#take("id", id),
      arguments:
        this.#take("json", JSON.stringify(args)) ??
        (inner === undefined || others.length > 0 ? undefined : this.#take("json", JSON.stringify(inner))),
    }
  }

  /** A tool of a group is called by both names. */
  #joinedName(name: string): string | undefined {
    const at = name.indexOf("__")
    return at < 0 ? undefined : this.#take("name", name.slice(at + 2))
  }

  result({ callId, name, content, extra }: ToolResultPart): ResultPlaces {
    const own = extra?.gemini?.["response"]
    const whole = own === undefined ? undefined : this.#take("json", JSON.stringify(own))
    const texts = whole === undefined ? content.flatMap((part) => (part.type === "text" ? [part.text] : [])) : []
    const placesOf = (text: string): readonly string[] => {
      const place = this.text(text) ?? this.#take("json", text)
      return place === undefined ? this.within(text) : [place]
    }
    return {
      name: name === undefined ? undefined : (this.#take("name", name) ?? this.#joinedName(name)),
      id: callId === "" ? undefined : (this.#take("result-id", callId) ?? this.#take("id", callId)),
      content: whole === undefined ? texts.flatMap(placesOf) : [whole],
    }
  }

  /** `isRewritten`: in other letters than the upstream takes. */
  data(data: string): { readonly pointer: string; readonly isRewritten: boolean } | undefined {
    const exact = this.text(data)
    if (exact !== undefined) return { pointer: exact, isRewritten: false }
    const other = this.#leaves.find(
      ({ pointer, value }) => !this.#taken.has(pointer) && typeof value === "string" && isSameData(value, data),
    )
    if (other === undefined) return undefined
    this.#taken.add(other.pointer)
    return { pointer: other.pointer, isRewritten: true }
  }

  /** What the client says of the type of the file whose data or address stand at this place. */
  mediaType(place: string | undefined): { readonly pointer: string; readonly value: unknown } | undefined {
    if (place === undefined) return undefined
    const text = this.#byPointer.get(place)?.value
    const url = typeof text === "string" ? DATA_URL.exec(text) : null
    if (url !== null) return url[1] === "" ? undefined : { pointer: place, value: url[1]?.toLowerCase() }
    const parent = place.slice(0, place.lastIndexOf("/"))
    for (const name of MEDIA_TYPES) {
      const leaf = this.#byPointer.get(pointerOf(parent, name))
      if (leaf !== undefined) return leaf
    }
    return undefined
  }

  /** By the decoder's own word for the field. */
  address(param: string, url: string): string | undefined {
    const pointer = `/${param.replaceAll(/\[(\d+)\]/g, ".$1").replaceAll(".", "/")}`
    const parent = pointer.slice(0, pointer.lastIndexOf("/"))
    const place = [pointer, parent].find((one) => this.#byPointer.has(one) && !this.#taken.has(one))
    if (place === undefined) return this.text(url)
    this.#taken.add(place)
    return place
  }

  /** A field of the part whose data stand at this place. */
  beside(place: string | undefined, name: string): string | undefined {
    const parent = place?.split("/").slice(0, -2).join("/")
    if (parent === undefined) return undefined
    const snake = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    return [name, snake].map((one) => pointerOf(parent, one)).find((one) => this.#ledger.client.isOpen(one))
  }

  messageOf(place: string): string {
    return place.split("/").slice(0, 3).join("/")
  }

  /** Not one of the results or calls that some dialects have beside messages. */
  isTurn(message: string): boolean {
    const [, list = "", index = ""] = message.split("/")
    const messages = this.#ledger.body[list]
    const wire: unknown = Array.isArray(messages) ? messages[Number(index)] : undefined
    const role = isObject(wire) ? wire["role"] : undefined
    return role === "user" || role === "assistant" || role === "model"
  }

  rank(place: string): number {
    return this.#ledger.client.rank(place)
  }

  /** The row that says what becomes of the value at this place. */
  leaf(place: string): ClientLeaf | undefined {
    return this.#byPointer.get(place)
  }

  /** What counts without standing upstream itself. */
  explainRest(): void {
    for (const { row, rule, pointer, value } of this.#ledger.asking("talk")) {
      const at = { client: pointer, rule: row }
      const twin = this.#last.get(String(value))
      if (twin !== undefined && twin !== pointer && this.messageOf(twin) === this.messageOf(pointer)) {
        this.#ledger.note("field-superseded", { field: fieldOf(pointer) }, at)
      } else if (rule !== undefined && REWRITTEN.has(row)) {
        this.#ledger.note("field-written-anew", { field: fieldOf(pointer), why: rule.note }, at)
      }
    }
  }
}

function sortOf(pointer: string, step: string): Sort {
  if (RESULT_IDS.test(pointer)) return "result-id"
  if (step === "tool_name") return "tool"
  return step === "name" ? "name" : IDS.has(step) ? "id" : "text"
}

function lastStep(pointer: string): string {
  return pointer.slice(pointer.lastIndexOf("/") + 1)
}

/** The forms in which a text of arguments may go upstream. */
function argumentsOf(text: string): readonly string[] {
  return [JSON.stringify(readArguments(text)), JSON.stringify({ input: text })]
}

/** Base64 in any of its letters, with white space or not, in a `data:` URL or not. */
function isSameData(given: string, data: string): boolean {
  const plain = given.replace(DATA_URL, "").replaceAll(/\s+/g, "").replaceAll("-", "+").replaceAll("_", "/")
  return plain.replace(/=+$/, "") === data.replace(/=+$/, "")
}

/** What of this value stands in the text, as lines of its own; a document may have come as base64, or with percent signs. */
function wordIn(text: string, value: unknown, sort: Sort): string | undefined {
  const plain = String(value)
  if (sort === "tool") return text.includes(toolAvailable(plain)) ? plain : undefined
  if (sort !== "text" || plain === "") return undefined
  const decoded = typeof value === "string" ? documentOf(value) : ""
  return [plain, decoded].find((word) => word !== "" && holdsLines(text, word))
}

function holdsLines(text: string, words: string): boolean {
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + 1)) {
    const end = at + words.length
    if ((at === 0 || text[at - 1] === "\n") && (end === text.length || text[end] === "\n")) return true
  }
  return false
}

function documentOf(value: string): string {
  const url = DATA_URL.exec(value)
  const payload = url === null ? value : value.slice(url.index + url[0].length)
  if (url === null || /;base64,/i.test(url[0])) return Buffer.from(payload, "base64").toString()
  try {
    return decodeURIComponent(payload)
  } catch {
    return ""
  }
}
