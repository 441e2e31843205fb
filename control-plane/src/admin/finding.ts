/** What the doctor finds: fine, not looked at for a reason, to be looked at by a person soon, or broken. */
export interface Finding {
  readonly state: "ok" | "note" | "warn" | "fail"
  readonly about: string
  /** What is, and where it is not well, what to do. */
  readonly message: string
}

export const ok = (about: string, message: string): Finding => ({ state: "ok", about, message })
export const note = (about: string, message: string): Finding => ({ state: "note", about, message })
export const warn = (about: string, message: string): Finding => ({ state: "warn", about, message })
export const fail = (about: string, message: string): Finding => ({ state: "fail", about, message })

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
