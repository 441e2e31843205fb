/** Where what was sent stands in the upstream's contents: each place is given out once. */
import { isObject, type WireObject } from "../dialects/read-wire.ts"
import { PLACEHOLDER } from "../schema/placeholder.ts"

export type UpstreamRole = "user" | "model"

/** One part of a content. */
export interface Spot {
  readonly pointer: string
  readonly role: UpstreamRole
  /** Its content's index, and its own among the parts. */
  readonly content: number
  readonly position: number
  readonly part: WireObject
}

type SpotKind = "text" | "thought" | "data" | "file"

const ROOT = "/request/contents"
const SYSTEM = "/request/systemInstruction"

export class UpstreamPlaces {
  readonly root = ROOT
  /** Where it stands whose turn it is, in a word that there is. */
  readonly roles: readonly string[]
  readonly #spots: readonly Spot[]
  readonly #taken = new Set<Spot>()
  readonly #byKey = new Map<string, Spot[]>()
  readonly #responses = new Map<string, Spot>()
  readonly #contents: readonly WireObject[]
  readonly #system = new Map<string, string[]>()

  constructor(inner: WireObject) {
    this.#contents = listOf(inner["contents"])
    const spots: Spot[] = []
    for (const [content, wire] of this.#contents.entries()) {
      const role = wire["role"] === "model" ? "model" : "user"
      for (const [position, part] of listOf(wire["parts"]).entries()) {
        spots.push({ pointer: `${ROOT}/${content}/parts/${position}`, role, content, position, part })
      }
    }
    this.#spots = spots
    for (const spot of spots) {
      if (isObject(spot.part["functionResponse"])) this.#responses.set(`${spot.content} ${spot.position}`, spot)
      for (const key of keysOf(spot)) push(this.#byKey, key, spot)
    }
    const system = isObject(inner["systemInstruction"]) ? listOf(inner["systemInstruction"]["parts"]) : []
    for (const [index, { text }] of system.entries()) push(this.#system, String(text), `${SYSTEM}/parts/${index}/text`)
    const isSystem = isObject(inner["systemInstruction"]) && inner["systemInstruction"]["role"] === "user"
    this.roles = [
      ...(isSystem ? [`${SYSTEM}/role`] : []),
      ...this.#contents.flatMap(({ role }, index) =>
        role === "user" || role === "model" ? [`${ROOT}/${index}/role`] : [],
      ),
    ]
  }

  system(text: string): string | undefined {
    return this.#system.get(text)?.shift()
  }

  take(role: UpstreamRole, kind: SpotKind, value: string): Spot | undefined {
    return this.#next(`${role} ${kind} ${value}`)
  }

  /** `isPlaceheld`: with the argument of a tool that was given one. */
  call(name: string, args: Readonly<Record<string, unknown>>): { spot: Spot; isPlaceheld: boolean } | undefined {
    const plain = this.#next(callKey(name, args))
    if (plain !== undefined) return { spot: plain, isPlaceheld: false }
    const spot = this.#next(callKey(name, { ...args, [PLACEHOLDER]: true }))
    return spot === undefined ? undefined : { spot, isPlaceheld: true }
  }

  /** The result that stands at this place of a content. */
  response(content: number, position: number): Spot | undefined {
    const spot = this.#responses.get(`${content} ${position}`)
    if (spot !== undefined) this.#taken.add(spot)
    return spot
  }

  /** A thought of which the client had no text. */
  hidden(): Spot | undefined {
    return this.#first(({ part }) => part["thought"] === true && typeof part["text"] === "string")
  }

  /** A file that the client only named; a document may have turned out to be a text. */
  fetched(role: UpstreamRole): Spot | undefined {
    return (
      this.#first((spot) => spot.role === role && isObject(spot.part["inlineData"])) ??
      this.#first((spot) => spot.role === role && typeof spot.part["text"] === "string")
    )
  }

  summary(): Spot | undefined {
    return this.#first(({ part }) =>
      String(part["text"]).startsWith("Summary of the conversation before this point:\n"),
    )
  }

  /** What nobody took. */
  left(): readonly Spot[] {
    return this.#spots.filter((spot) => !this.#taken.has(spot))
  }

  roleOf(content: number): UpstreamRole {
    return this.#contents[content]?.["role"] === "model" ? "model" : "user"
  }

  #first(test: (spot: Spot) => boolean): Spot | undefined {
    const spot = this.#spots.find((one) => !this.#taken.has(one) && test(one))
    if (spot !== undefined) this.#taken.add(spot)
    return spot
  }

  #next(key: string): Spot | undefined {
    const waiting = this.#byKey.get(key)
    for (let spot = waiting?.shift(); spot !== undefined; spot = waiting?.shift()) {
      if (this.#taken.has(spot)) continue
      this.#taken.add(spot)
      return spot
    }
    return undefined
  }
}

function keysOf({ role, part }: Spot): readonly string[] {
  const { text, thought, functionCall: call, inlineData, fileData } = part
  if (isObject(call)) return [callKey(String(call["name"]), call["args"])]
  if (isObject(inlineData)) return [`${role} data ${String(inlineData["data"])}`]
  if (isObject(fileData)) return [`${role} file ${String(fileData["fileUri"])}`]
  return typeof text === "string" ? [`${role} ${thought === true ? "thought" : "text"} ${text}`] : []
}

function callKey(name: string, args: unknown): string {
  return `call ${name} ${JSON.stringify(args)}`
}

function listOf(wire: unknown): readonly WireObject[] {
  return Array.isArray(wire) ? wire.map((item: unknown) => (isObject(item) ? item : {})) : []
}

function push<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const values = map.get(key)
  if (values === undefined) map.set(key, [value])
  else values.push(value)
}
