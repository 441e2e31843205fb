/** What a rule of each kind asks for. The control plane has the last word; a test holds this against it. */
import type { AlertKind } from "#generated/web/graphql.ts"
import type { NumberBounds } from "../../lib/read-number.ts"

export interface KindFacts {
  /** How the threshold is typed: a share in per cent. Absent: there is none. */
  readonly threshold?: { readonly unit: "count" | "share" | "seconds"; readonly bounds: NumberBounds }
  readonly takesWindow: boolean
  readonly takesBucket: boolean
  /** Of the rule that is there from the first start on. */
  readonly builtIn: { readonly threshold: number; readonly forSeconds: number; readonly windowMinutes?: number }
}

const COUNT = { unit: "count", bounds: { low: 1, high: 100_000, isWhole: true } } as const
const SHARE = { unit: "share", bounds: { low: 0.001, high: 1, isWhole: false } } as const
const SECONDS = { unit: "seconds", bounds: { low: 60, high: 86_400, isWhole: true } } as const
const PLAIN = { takesWindow: false, takesBucket: false }

export const kinds: Readonly<Record<AlertKind, KindFacts>> = {
  ACCOUNT_ATTENTION: { ...PLAIN, threshold: COUNT, builtIn: { threshold: 1, forSeconds: 60 } },
  POOL_QUOTA: { ...PLAIN, takesBucket: true, threshold: SHARE, builtIn: { threshold: 0.1, forSeconds: 300 } },
  POOL_ACCOUNTS: { ...PLAIN, takesBucket: true, threshold: SHARE, builtIn: { threshold: 0.5, forSeconds: 300 } },
  POOL_PAUSED: { ...PLAIN, builtIn: { threshold: 0, forSeconds: 0 } },
  ERROR_RATE: {
    ...PLAIN,
    takesWindow: true,
    threshold: SHARE,
    builtIn: { threshold: 0.2, forSeconds: 60, windowMinutes: 5 },
  },
  NODE_STALE: { ...PLAIN, threshold: SECONDS, builtIn: { threshold: 120, forSeconds: 60 } },
  KEY_BUDGET: { ...PLAIN, threshold: SHARE, builtIn: { threshold: 0.9, forSeconds: 0 } },
  WEBHOOK_FAILING: { ...PLAIN, threshold: COUNT, builtIn: { threshold: 3, forSeconds: 0 } },
  BACKUP_FAILING: { ...PLAIN, builtIn: { threshold: 0, forSeconds: 0 } },
}

export const alertKinds = Object.keys(kinds) as readonly AlertKind[] // the record's own keys
