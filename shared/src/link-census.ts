/** Checks what a node reports of its pool: who could serve a request, and why nobody did. */
import type { PoolCensus, PoolRefusal } from "./link-protocol.ts"
import { COUNT, DURATION_MS } from "./link-rules.ts"
import { asFields, field, numberAt, optionalAt, type Fields } from "./shape.ts"

/** To be spread: nothing where the census is not told. */
export function censusAt(fields: Fields, path: string): { readonly census?: PoolCensus } {
  return optionalAt(fields, "census", (from, name) => readCensus(from[name], `${path}.${name}`))
}

/** To be spread: nothing where the pool did not refuse. */
export function refusalAt(fields: Fields, path: string): { readonly refusal?: PoolRefusal } {
  return optionalAt(fields, "refusal", (from, name) => {
    const at = `${path}.${name}`
    const refusal = asFields(from[name], at)
    const duration = (inner: Fields, key: string): number => numberAt(inner, key, at, DURATION_MS)
    return {
      ...optionalAt(refusal, "waitedMs", duration),
      ...optionalAt(refusal, "renewalMs", duration),
      census: readCensus(field(refusal, "census"), `${at}.census`),
    }
  })
}

function readCensus(value: unknown, path: string): PoolCensus {
  const fields = asFields(value, path)
  const count = (name: string): number => numberAt(fields, name, path, COUNT)
  const told = (from: Fields, name: string): number => numberAt(from, name, path, COUNT)
  return {
    known: count("known"),
    unusable: count("unusable"),
    ...optionalAt(fields, "outside", told),
    notOffered: count("notOffered"),
    resting: count("resting"),
    modelOff: count("modelOff"),
    ...optionalAt(fields, "probing", told),
    candidates: count("candidates"),
    ...optionalAt(fields, "busy", told),
    ...optionalAt(fields, "tried", told),
    ...optionalAt(fields, "modelLimit", told),
    ...optionalAt(fields, "keyLimit", told),
  }
}
