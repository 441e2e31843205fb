/** How far a new gateway is on its way to its first request, by what is there. Pure. */

export const steps = ["signIn", "account", "key", "request"] as const

export type Step = (typeof steps)[number]

export interface Found {
  /** Accounts at all, and those that can serve. */
  readonly accounts: number
  readonly usable: number
  readonly keys: number
  /** Of the keys, those that a client has used. */
  readonly used: number
}

export interface Progress {
  readonly isDone: Readonly<Record<Step, boolean>>
  /** What to do now; undefined: all is done. */
  readonly next: Step | undefined
  /** An account is there and cannot serve yet. */
  readonly isSettingUp: boolean
}

export function progressOf({ accounts, usable, keys, used }: Found): Progress {
  const isDone = { signIn: true, account: usable > 0, key: keys > 0, request: used > 0 }
  return {
    isDone,
    next: isDone.request ? undefined : steps.find((step) => !isDone[step]),
    isSettingUp: accounts > 0 && usable === 0,
  }
}
