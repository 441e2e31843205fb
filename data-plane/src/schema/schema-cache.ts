/** Remembers what was made of tools: agents send the same tools with every request, and they are most of its text. */

/** What a character of the tools' text is reckoned to hold in memory, with all that was made of it. */
const bytesPerCharacter = 8

/** Values by the text that they were made of. */
export interface SchemaCache<Value> {
  /**
   * The value for this text and variant (whatever else decided, such as the model family); made when it is not known. The
   * same value is handed to many requests: it must not be changed.
   */
  get(text: string, variant: string, make: () => Value): Value
  /** Bytes held, as reckoned. */
  readonly bytes: number
}

/** A cache that lets go of what was not used for longest. A text too large for the whole cache is made anew each time. */
export function createSchemaCache<Value>({ maxBytes }: { readonly maxBytes: number }): SchemaCache<Value> {
  const entries = new Map<string, { readonly value: Value; readonly bytes: number }>()
  let held = 0
  return {
    get bytes() {
      return held
    },
    get(text, variant, make) {
      const key = `${variant}\n${text}`
      const known = entries.get(key)
      if (known) {
        entries.delete(key)
        entries.set(key, known)
        return known.value
      }
      const value = make()
      const bytes = key.length * bytesPerCharacter
      if (bytes > maxBytes) return value
      entries.set(key, { value, bytes })
      held += bytes
      for (const [oldest, entry] of entries) {
        if (held <= maxBytes) break
        entries.delete(oldest)
        held -= entry.bytes
      }
      return value
    },
  }
}
