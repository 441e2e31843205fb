import { useNavigate } from "@solidjs/router"
import Ellipsis from "lucide-solid/icons/ellipsis"
import { endRestsDocument, readQuotaDocument, setEnabledDocument } from "#generated/web/graphql.ts"
import { Menu } from "../../components/menu.tsx"
import { showToast } from "../../components/toast.tsx"
import { createMutation } from "../../graphql/create-mutation.ts"
import { usePanel } from "../../panel.tsx"
import { isReadable } from "./account-state.ts"
import type { Account } from "./create-accounts.ts"
import { useWords } from "./words.ts"

/** What is done with one account from the list. */
export function createAccountActions(onChanged: (account: Account) => void) {
  const t = useWords()
  const switching = createMutation(setEnabledDocument)
  const reading = createMutation(readQuotaDocument)
  const ending = createMutation(endRestsDocument)
  return {
    flip: async ({ id, label, enabled }: Account) => {
      const done = await switching.run({ id, enabled: !enabled })
      if (done === undefined) return
      onChanged(done.account)
      showToast({ text: t(enabled ? "actions.switchedOff" : "actions.switchedOn", label) })
    },
    read: async ({ id, label }: Account) => {
      const done = await reading.run({ accountId: id })
      if (done === undefined) return
      if (done.account !== null) onChanged(done.account)
      showToast({ text: t("actions.quotaRead", label) })
    },
    endRests: async ({ id, label }: Account) => {
      const done = await ending.run({ accountId: id })
      if (done === undefined) return
      onChanged(done.account)
      showToast({ text: t("actions.restsEnded", label) })
    },
    error: () => switching.error() ?? reading.error() ?? ending.error(),
  }
}

export type AccountActions = ReturnType<typeof createAccountActions>

interface AccountMenuProps {
  account: Account
  actions: AccountActions
  onSignIn: (account: Account) => void
  onRemove: (account: Account) => void
}

export function AccountMenu(props: AccountMenuProps) {
  const t = useWords()
  const { may } = usePanel()
  const navigate = useNavigate()
  const sections = () => {
    const { account, actions } = props
    const look = {
      entries: [
        { label: t("actions.open"), run: () => navigate(`/accounts/${account.id}`) },
        ...(may("OPERATE")
          ? [{ label: t("actions.test"), run: () => navigate(`/accounts/${account.id}?tab=doctor`) }]
          : []),
      ],
    }
    if (!may("OPERATE")) return [look]
    const doing = {
      entries: [
        {
          label: t(account.enabled ? "actions.switchOff" : "actions.switchOn"),
          run: () => void actions.flip(account),
        },
        { label: t("actions.readQuota"), run: () => void actions.read(account), isDisabled: !isReadable(account) },
        {
          label: t("actions.endRests"),
          run: () => void actions.endRests(account),
          isDisabled: account.cooldowns.length === 0,
        },
        { label: t("accounts.signInAgain"), run: () => props.onSignIn(account) },
      ],
    }
    const removing = {
      entries: [{ label: t("actions.remove"), run: () => props.onRemove(account), isDangerous: true }],
    }
    return [look, doing, removing]
  }
  return (
    <Menu label={t("actions.of", props.account.label)} sections={sections()} look="plain" icon class="-my-1">
      <Ellipsis />
    </Menu>
  )
}
