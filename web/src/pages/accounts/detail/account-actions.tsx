import { useSearchParams } from "@solidjs/router"
import Stethoscope from "lucide-solid/icons/stethoscope"
import { updateAccountDocument } from "#generated/web/graphql.ts"
import { Button } from "../../../components/button.tsx"
import { ProblemNotice } from "../../../components/problem-notice.tsx"
import { createMutation } from "../../../graphql/create-mutation.ts"
import type { AccountDetail } from "./create-account.ts"
import { useWords } from "./words.ts"

interface AccountActionsProps {
  account: AccountDetail
  onChanged: () => Promise<void>
  onRemove: () => void
}

/** What one does with an account as a whole. */
export function AccountActions(props: AccountActionsProps) {
  const t = useWords()
  const [, setParams] = useSearchParams()
  const switching = createMutation(updateAccountDocument)
  const flip = async () => {
    const done = await switching.run({ id: props.account.id, input: { enabled: !props.account.enabled } })
    if (done !== undefined) await props.onChanged()
  }
  const flipWords = () => {
    if (switching.busy()) return t("account.switching")
    return props.account.enabled ? t("account.switchOff") : t("account.switchOn")
  }
  return (
    <div class="flex flex-col gap-2">
      <div class="flex flex-wrap gap-2">
        <Button onClick={() => setParams({ tab: "doctor" }, { replace: true })}>
          <Stethoscope aria-hidden="true" />
          {t("account.test")}
        </Button>
        <Button disabled={switching.busy()} onClick={() => void flip()}>
          {flipWords()}
        </Button>
        <Button onClick={() => props.onRemove()}>{t("account.remove")}</Button>
      </div>
      <ProblemNotice problem={switching.error()} />
    </div>
  )
}
