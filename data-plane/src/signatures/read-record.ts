/** A line of the journal as what it says. It is our own, but maybe another version's. */
import type { KnownCall, KnownTurn, SignedThought } from "./look-up.ts"
import type { SignatureRecord } from "./store.ts"

/** Undefined: no record. Fields of another kind than ours are left out. */
export function readRecord(value: unknown): SignatureRecord | undefined {
  if (!isObject(value)) return undefined
  const { key, value: known, usedAt } = value
  if (typeof key !== "string" || typeof usedAt !== "number" || !isObject(known)) return undefined
  const { position } = known
  const thought = readThought(known["thought"])
  const turn = readTurn(known["turn"])
  return {
    key,
    usedAt,
    value: {
      ...readCall(known),
      ...(typeof position === "number" ? { position } : {}),
      ...(thought === undefined ? {} : { thought }),
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

function readThought(value: unknown): SignedThought | undefined {
  if (!isObject(value)) return undefined
  const { text, signature } = value
  return typeof text === "string" && typeof signature === "string" ? { text, signature } : undefined
}

/** All of it or nothing: a call left out would give the next one's signature to another. */
function readTurn(value: unknown): KnownTurn | undefined {
  if (!isObject(value)) return undefined
  const { thoughts, calls, textSignature } = value
  if (!Array.isArray(thoughts) || !Array.isArray(calls) || !calls.every(isObject)) return undefined
  const read = thoughts.map(readThought)
  if (!read.every((thought) => thought !== undefined)) return undefined
  return {
    thoughts: read,
    calls: calls.map(readCall),
    ...(typeof textSignature === "string" ? { textSignature } : {}),
  }
}

type Fields = Readonly<Record<string, unknown>>

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
