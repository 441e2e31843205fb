/** A line of the journal as what it says. It is our own, but maybe another version's. */
import type { KnownCall, KnownTurn, SignedThought } from "./look-up.ts"
import type { SignatureRecord } from "./store.ts"

/** Undefined: no record. Fields of another kind than ours are left out. */
export function readRecord(value: unknown): SignatureRecord | undefined {
  if (!isObject(value)) return undefined
  const { key, value: known, usedAt } = value
  if (typeof key !== "string" || typeof usedAt !== "number" || !isObject(known)) return undefined
  const { position } = known
  const thoughts = readThoughts(known["thoughts"])
  const turn = readTurn(known["turn"])
  return {
    key,
    usedAt,
    value: {
      ...readCall(known),
      ...(typeof position === "number" ? { position } : {}),
      ...(thoughts === undefined ? {} : { thoughts }),
      ...(turn === undefined ? {} : { turn }),
    },
  }
}

function readCall({ signature, upstreamId }: Fields): Pick<KnownCall, "signature" | "upstreamId"> {
  return {
    ...(typeof signature === "string" ? { signature } : {}),
    ...(typeof upstreamId === "string" ? { upstreamId } : {}),
  }
}

function readThoughts(value: unknown): readonly SignedThought[] | undefined {
  if (!Array.isArray(value)) return undefined
  const read = value.map(readThought)
  return read.every((thought) => thought !== undefined) ? read : undefined
}

function readThought(value: unknown): SignedThought | undefined {
  if (!isObject(value)) return undefined
  const { text, signature } = value
  return typeof text === "string" && typeof signature === "string" ? { text, signature } : undefined
}

/** All of it or nothing: a call left out would give the next one's signature to another. */
function readTurn(value: unknown): KnownTurn | undefined {
  if (!isObject(value)) return undefined
  const { calls, textSignature } = value
  const thoughts = readThoughts(value["thoughts"])
  if (thoughts === undefined || !Array.isArray(calls) || !calls.every(isObject)) return undefined
  return {
    thoughts,
    calls: calls.map(readCall),
    ...(typeof textSignature === "string" ? { textSignature } : {}),
  }
}

type Fields = Readonly<Record<string, unknown>>

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
