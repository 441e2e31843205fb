/** A place in a schema as its report names it (`properties["a.b"].items`) as a JSON pointer. */
import { pointerOf } from "./pointers.ts"

export function schemaPointer(path: string): string {
  let pointer = ""
  for (const [, name, quoted] of path.matchAll(/([^.[\]]+)|\[("(?:[^"\\]|\\.)*")\]/g)) {
    const step: unknown = quoted === undefined ? name : JSON.parse(quoted)
    pointer = pointerOf(pointer, String(step))
  }
  return pointer
}
