import fc from "fast-check"
import { expect, it } from "vitest"
import type { Part } from "../canonical/part.ts"
import type { Turn } from "../canonical/request.ts"
import { carrierKey, openCarrier, sealCarrier } from "./carrier.ts"
import type { SigningFamily } from "./family.ts"
import { restoreSignatures } from "./restore.ts"
import { SignatureStore } from "./store.ts"
import { mediaDigest, turnDigest } from "./turn-digest.ts"

/** Whatever clients send back, in whatever order and mixture: nothing foreign passes, and no tenant gets another's. */

const KEY = carrierKey(Buffer.alloc(32, 4))
const LINEAGES = ["a", "b"]
const FAMILIES: readonly SigningFamily[] = ["claude", "gemini-3", "gemini-2.5", "other"]
const TEXTS = ["", "one", "two"]
const CALLS = ["c1", "c2", "c3"]

/** Tells by itself whose it is and what it was made for. */
const thoughtSignature = (lineage: string, family: string, text: string) => `T|${lineage}|${family}|${text}`
const callSignature = (lineage: string, family: string, id: string) => `C|${lineage}|${family}|${id}`

const lineages = fc.constantFrom(...LINEAGES)
const families = fc.constantFrom(...FAMILIES)
const texts = fc.constantFrom(...TEXTS)
const ids = fc.constantFrom(...CALLS)

const signatures = fc.oneof(
  fc.constantFrom(undefined, "", "nonsense", "gw1.nonsense"),
  fc.tuple(lineages, families, texts).map(([lineage, family, text]) => thoughtSignature(lineage, family, text)),
  fc.tuple(lineages, families, ids).map(([lineage, family, id]) => callSignature(lineage, family, id)),
  fc
    .tuple(lineages, families, texts, fc.boolean())
    .map(([lineage, family, text, isHidden]) =>
      sealCarrier(KEY, lineage, family, thoughtSignature(lineage, family, text), { kind: "thought", text, isHidden }),
    ),
  fc
    .tuple(lineages, families, ids)
    .map(([lineage, family, callId]) =>
      sealCarrier(KEY, lineage, family, callSignature(lineage, family, callId), { kind: "call", callId }),
    ),
)
const signed = (part: Part) =>
  signatures.map((signature): Part => (signature === undefined ? part : Object.assign({ ...part }, { signature })))

const parts = fc.oneof(
  texts.chain((text) => signed({ type: "reasoning", text })),
  ids.chain((id) => signed({ type: "tool-call", id, name: "f", arguments: {} })),
  signed({ type: "text", text: "x" }),
  texts.chain((data) => signed({ type: "media", mediaType: "image/png", data })),
)
const turns = fc.array(
  fc.oneof(
    fc.array(parts, { minLength: 1, maxLength: 4 }).map((list): Turn => ({ role: "assistant", parts: list })),
    fc.constant<Turn>({ role: "user", parts: [{ type: "text", text: "hi" }] }),
    ids.map((callId): Turn => ({
      role: "user",
      parts: [{ type: "tool-result", callId, content: [], isError: false }],
    })),
  ),
  { maxLength: 8 },
)

/** A whole turn as it was answered, in one of two conversations. */
const SESSIONS = ["s", "t"]
const sessions = fc.constantFrom(...SESSIONS)
const answeredTurns = fc.record({
  kind: fc.constant("turn" as const),
  lineage: lineages,
  family: families,
  session: sessions,
  texts: fc.array(fc.constant("x"), { maxLength: 2 }),
  calls: fc.integer({ min: 0, max: 2 }),
})

type Whole = typeof answeredTurns extends fc.Arbitrary<infer Value> ? Value : never

const kept = fc.array(
  fc.oneof(
    answeredTurns,
    fc.record({ kind: fc.constant("thought" as const), lineage: lineages, family: families, what: texts }),
    fc.record({ kind: fc.constant("call" as const), lineage: lineages, family: families, what: ids }),
    fc.record({ kind: fc.constant("media" as const), lineage: lineages, family: families, what: texts }),
  ),
  { maxLength: 12, size: "max" },
)

/** As an answer's end keeps it; ids are other than any client's. */
function keepWhole(store: SignatureStore, turn: Whole): void {
  const { lineage, family, session } = turn
  const text = `thought in ${session}`
  const digest = turnDigest(
    turn.texts,
    Array.from({ length: turn.calls }, () => ({ name: "f", arguments: {} })),
  )
  if (digest === undefined) return
  store.keepTurn({ lineage, family, session }, digest, {
    thoughts: [{ text, signature: thoughtSignature(lineage, family, text) }],
    calls: Array.from({ length: turn.calls }, () => ({ signature: callSignature(lineage, family, `in ${session}`) })),
    textSignature: callSignature(lineage, family, `in ${session}`),
  })
}

it("gives a family its own signatures only, each on what it was made for, and only under their lineage", () => {
  fc.assert(
    fc.property(turns, kept, lineages, families, sessions, (history, memory, lineage, family, session) => {
      const store = new SignatureStore({ clock: { now: () => 0 } })
      for (const one of memory) {
        if (one.kind === "turn") {
          keepWhole(store, one)
          continue
        }
        const { kind, lineage: owner, family: made, what } = one
        if (kind === "media") store.keepMedia(owner, made, mediaDigest(what), callSignature(owner, made, what))
        else if (kind === "thought") store.keepThought(owner, made, what, thoughtSignature(owner, made, what))
        else {
          const thoughts = [{ text: `of ${what}`, signature: thoughtSignature(owner, made, `of ${what}`) }]
          store.keepCall(owner, made, what, { signature: callSignature(owner, made, what), thoughts })
        }
      }
      const { request } = restoreSignatures(
        {
          model: "m",
          stream: false,
          system: [],
          turns: history,
          sampling: {},
          extra: {},
          reasoning: { kind: "auto", show: true },
        },
        { family, lineage, session, lookUp: store, openCarrier: (value) => openCarrier([KEY], lineage, value) },
      )
      const left = request.turns.flatMap((turn) => turn.parts)
      for (const part of left) {
        if (part.type === "reasoning") {
          const { signature = "" } = part
          if (family === "claude") expect(signature).toBe(thoughtSignature(lineage, family, part.text))
          else expect(signature.split("|").slice(1, 3)).toEqual([lineage, family])
        } else if (part.type !== "tool-result" && "signature" in part && part.signature !== undefined) {
          expect(family).toMatch(/^gemini/)
          expect(part.signature.split("|").slice(1, 3)).toEqual([lineage, family])
        }
      }
      // Neither texts nor calls are lost, made up or moved.
      const others = (list: readonly Part[]) =>
        list.flatMap((part) => (part.type === "reasoning" ? [] : [part.type === "tool-call" ? part.id : part.type]))
      expect(others(left)).toEqual(others(history.flatMap((turn) => turn.parts)))
      if (family !== "claude" || request.reasoning?.kind === "off") return
      const prompt = request.turns.findLastIndex(
        (turn) => turn.role === "user" && turn.parts.every((part) => part.type !== "tool-result"),
      )
      for (const turn of request.turns.slice(prompt + 1)) {
        if (!turn.parts.some((part) => part.type === "tool-call")) continue
        expect(turn.parts.some((part) => part.type === "reasoning")).toBe(true)
      }
    }),
    { numRuns: 2000 },
  )
})

it("finds nothing of another lineage, family or conversation by what a turn said", () => {
  const place = fc.record({ lineage: fc.string(), family: families, session: fc.string() })
  fc.assert(
    fc.property(place, place, fc.string(), (owner, asker, digest) => {
      const store = new SignatureStore({ clock: { now: () => 0 } })
      store.keepTurn(owner, digest, { thoughts: [], calls: [{ signature: "s" }] })
      const isSame = JSON.stringify(owner) === JSON.stringify(asker)
      expect(store.turn(asker, digest) !== undefined).toBe(isSame)
    }),
  )
})
