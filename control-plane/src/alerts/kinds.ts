/** The kinds of alert rules as a table: what a threshold means, what is allowed, what is there from the first start on, and what to do. */
import type { AlertKind } from "#generated/sqlite/enums.ts"

export interface Threshold {
  /** One sentence that says when the rule is met. */
  readonly meaning: string
  readonly low: number
  readonly high: number
  readonly isWhole: boolean
  /**
   * A raised alert is over only when the number is better than the threshold by this share of it, so that one that wavers about it
   * does not come and go. 0: at the threshold.
   */
  readonly slack: number
}

export interface AlertKindFacts {
  readonly description: string
  /** Undefined: there is nothing to choose. */
  readonly threshold: Threshold | undefined
  readonly takesWindow: boolean
  readonly takesBucket: boolean
  /** The rule that is there from the first start on. */
  readonly builtIn: {
    readonly name: string
    readonly threshold: number
    readonly forSeconds: number
    readonly windowMinutes?: number
  }
  readonly wayOut: string
}

const COUNT = { low: 1, high: 100_000, isWhole: true, slack: 0 }
const SHARE = { low: 0.001, high: 1, isWhole: false, slack: 0.2 }
const PLAIN = { takesWindow: false, takesBucket: false }

export const ALERT_KINDS: Readonly<Record<AlertKind, AlertKindFacts>> = {
  ACCOUNT_ATTENTION: {
    ...PLAIN,
    description: "Accounts wait for a person: a sign-in, a verification, a project, or the provider's grace.",
    threshold: { meaning: "So many accounts or more.", ...COUNT },
    builtIn: { name: "Accounts need attention", threshold: 1, forSeconds: 60 },
    wayOut: "Open each account: it says what gets it out of its state.",
  },
  POOL_QUOTA: {
    ...PLAIN,
    takesBucket: true,
    description: "Little is left of a quota, on average over the accounts whose quota is known.",
    threshold: { meaning: "Below this share of a bucket and window, from 0 to 1.", ...SHARE },
    builtIn: { name: "Quota runs out", threshold: 0.1, forSeconds: 300 },
    wayOut: "Wait for the window to end, add accounts, or lower the limits of keys that use most.",
  },
  POOL_ACCOUNTS: {
    ...PLAIN,
    takesBucket: true,
    description:
      "Few of the enabled accounts can serve a bucket now: the others wait for a person or have used up its quota.",
    threshold: { meaning: "Below this share of the enabled accounts, from 0 to 1.", ...SHARE },
    builtIn: { name: "Few accounts can serve", threshold: 0.5, forSeconds: 300 },
    wayOut:
      "Look at the accounts that are not ready, and at quotas that are used up; add accounts where both are in order.",
  },
  POOL_PAUSED: {
    ...PLAIN,
    description: "The pool protects itself: nothing is sent for any account.",
    threshold: undefined,
    builtIn: { name: "Pool paused", threshold: 0, forSeconds: 0 },
    wayOut: "Find out at the provider what happened to the accounts that are named, then resume the pool.",
  },
  ERROR_RATE: {
    ...PLAIN,
    takesWindow: true,
    description:
      "Many requests fail by no fault of their clients, or with one error code; or many attempts fail in one way. Whosever fault that is.",
    threshold: {
      meaning: "This share of the requests, or attempts, of the window or more, from 0 to 1; of at least ten.",
      ...SHARE,
    },
    builtIn: { name: "Many requests fail", threshold: 0.2, forSeconds: 60, windowMinutes: 5 },
    wayOut: "Open one of the failed requests: its attempts say what each account met.",
  },
  NODE_STALE: {
    ...PLAIN,
    description: "A data plane is not heard of, or refuses the newest snapshot.",
    threshold: { meaning: "Not heard of for so many seconds.", low: 60, high: 86_400, isWhole: true, slack: 0 },
    builtIn: { name: "Data plane away", threshold: 120, forSeconds: 60 },
    wayOut:
      "Start the data plane again or mend its way to the control plane; remove the node where it is gone for good.",
  },
  KEY_BUDGET: {
    ...PLAIN,
    description: "API keys have used up most of their tokens of the day or the month.",
    threshold: { meaning: "This share of a budget or more, from 0 to 1.", ...SHARE, slack: 0 },
    builtIn: { name: "Key budgets nearly used", threshold: 0.9, forSeconds: 0 },
    wayOut: "Raise the key's budget, or wait until the day or the month is over.",
  },
  WEBHOOK_FAILING: {
    ...PLAIN,
    description: "Messages do not reach a webhook.",
    threshold: { meaning: "So many tries in a row that failed.", ...COUNT },
    builtIn: { name: "Webhook fails", threshold: 3, forSeconds: 0 },
    wayOut: "The webhook's last error says what it met; test it when that is mended.",
  },
  BACKUP_FAILING: {
    ...PLAIN,
    description: "The newest backup that was to be made by itself was not.",
    threshold: undefined,
    builtIn: { name: "Backup fails", threshold: 0, forSeconds: 0 },
    wayOut: "The reason says what was met: make room in the folder of backups, or set BACKUP_FOLDER to another one.",
  },
}

/** The number that counts now: that of the threshold, and of a raised alert the one at which it is over, a little better than it. */
export function limitOf(
  { kind, threshold }: { readonly kind: AlertKind; readonly threshold: number },
  isRaised: boolean,
  better: "above" | "below",
): number {
  const slack = isRaised ? (ALERT_KINDS[kind].threshold?.slack ?? 0) : 0
  return better === "above" ? Math.min(1, threshold * (1 + slack)) : threshold * (1 - slack)
}
