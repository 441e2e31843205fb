/** Local references of a schema: `#` and JSON pointers behind it. Nothing is ever fetched. */
import { isObject } from "./work.ts"

/** What a reference points at, or undefined: another document, an anchor, nothing. */
export function targetOf(root: unknown, reference: string): unknown {
  if (!reference.startsWith("#")) return undefined
  if (reference === "#" || reference === "#/") return root
  if (!reference.startsWith("#/")) return undefined
  let value = root
  for (const step of reference.slice(2).split("/")) {
    const name = unescaped(step)
    if (Array.isArray(value)) value = /^\d{1,6}$/.test(name) ? value[Number(name)] : undefined
    else if (isObject(value) && Object.hasOwn(value, name)) value = value[name]
    else return undefined
  }
  return value
}

function unescaped(step: string): string {
  const plain = step.includes("%") ? percentDecoded(step) : step
  return plain.replaceAll("~1", "/").replaceAll("~0", "~")
}

function percentDecoded(step: string): string {
  try {
    return decodeURIComponent(step)
  } catch {
    return step
  }
}
