/** When an alert is raised and when it is over: pure, so that every order of events can be tried. */
export interface Standing {
  /** The rule is met now. */
  readonly isMet: boolean
  /** An alert of it goes on. */
  readonly isRaised: boolean
  /** Since when the rule has turned: met without an alert, or over with one; undefined: it has not. */
  readonly turningSince: number | undefined
}

export type Turn =
  /** All is as it was. */
  | { readonly type: "stay" }
  /** It has turned, and not for long enough. */
  | { readonly type: "wait"; readonly since: number }
  | { readonly type: "raise" }
  | { readonly type: "resolve" }

/** A rule has to be met for `forMs` before its alert is raised, and over for as long before that is resolved. */
export function nextTurn({ isMet, isRaised, turningSince }: Standing, forMs: number, now: number): Turn {
  if (isMet === isRaised) return { type: "stay" }
  // A clock that was put back begins the wait anew.
  const since = Math.min(turningSince ?? now, now)
  if (now - since < forMs) return { type: "wait", since }
  return { type: isMet ? "raise" : "resolve" }
}
