import { createFormat } from "../../i18n/i18n.tsx"
import type { RequestRecord } from "./create-record.ts"
import { useWords } from "./words.ts"

export type Census = NonNullable<RequestRecord["refusal"]>["census"]

/** In the order in which they are told; none of them is not told. */
const reasons = ["busy", "tried", "resting", "probing", "modelOff", "notOffered", "outside", "unusable"] as const

/** Who could serve, and what kept the others, in one sentence. */
export function CensusText(props: { census: Census }) {
  const t = useWords()
  const format = createFormat()
  const parts = () => {
    const { census } = props
    return [
      t("detail.could", format.number(census.candidates), format.number(census.known)),
      ...reasons.flatMap((reason) => {
        const count = census[reason] ?? 0
        return count === 0 ? [] : [t(`detail.${reason}`, format.number(count))]
      }),
      ...(census.modelLimit === null ? [] : [t("detail.modelLimit", format.number(census.modelLimit))]),
      ...(census.keyLimit === null ? [] : [t("detail.keyLimit", format.number(census.keyLimit))]),
    ]
  }
  return <p class="text-soft wrap-anywhere">{parts().join(" · ")}</p>
}
