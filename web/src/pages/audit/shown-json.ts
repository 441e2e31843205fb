/** A value of an audit event, which is JSON, as a person reads it: texts without quotes, lists and records by line. Pure. */
export function shownJson(json: string | null): string | null {
  if (json === null) return null
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === "string" ? value : JSON.stringify(value, null, 2)
  } catch {
    // One that was cut for its length is no JSON any more.
    return json
  }
}
