/** The gate by client version. The User-Agent is free text; the first `name/x.y.z` in it is the version. */

/** The version in a User-Agent; 0.0.0 when there is none. */
export function versionIn(userAgent: string | undefined): readonly [number, number, number] {
  const found = /[\w()-]\/(\d{1,9})\.(\d{1,9})\.(\d{1,9})/.exec(userAgent ?? "")
  return [Number(found?.[1] ?? 0), Number(found?.[2] ?? 0), Number(found?.[3] ?? 0)]
}

/** Whether the User-Agent carries at least that version. */
export function isAtLeast(userAgent: string | undefined, minimum: string): boolean {
  const given = versionIn(userAgent)
  const wanted = minimum.split(".").map(Number)
  for (const [index, number] of given.entries()) {
    const bound = wanted[index] ?? 0
    if (number !== bound) return number > bound
  }
  return true
}
