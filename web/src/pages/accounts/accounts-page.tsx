/** The accounts, and at an address of its own each one. */
import { useParams } from "@solidjs/router"
import { lazy, Show } from "solid-js"
import { AccountList } from "./account-list.tsx"

const AccountPage = lazy(() => import("./detail/account-page.tsx"))

export default function AccountsPage() {
  const params = useParams<{ id?: string }>()
  return (
    <Show when={params.id} fallback={<AccountList />} keyed>
      {(id) => <AccountPage id={id} />}
    </Show>
  )
}
