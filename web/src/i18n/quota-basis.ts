import { createFormat, useI18n } from "./i18n.tsx"

export interface ForecastBasis {
  readonly read: number
  readonly accountsKnown: number
  readonly oldestReadAt: string | null
  readonly estimate: { readonly usedTokens: string } | null
}

/** Where what is left over the pool comes from: readings and their age, and what of it is an estimate. Undefined: nothing is known. */
export function useQuotaBasis() {
  const { t } = useI18n()
  const format = createFormat()
  return ({ read, accountsKnown, oldestReadAt, estimate }: ForecastBasis): string | undefined => {
    if (accountsKnown === 0) return undefined
    const accounts = format.number(accountsKnown)
    const when = format.relative(oldestReadAt)
    return estimate === null
      ? t("quotaBasis.read", accounts, when)
      : t(
          "quotaBasis.estimated",
          format.share(read / accountsKnown),
          accounts,
          when,
          format.compact(estimate.usedTokens),
        )
  }
}

/** A share with the sign of an estimate where it is one. */
export const shareWords = (share: string, isEstimate: boolean): string => (isEstimate ? `≈ ${share}` : share)
