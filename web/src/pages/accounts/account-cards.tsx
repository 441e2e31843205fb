import { createMemo, createSignal, For, onCleanup, onMount, Show } from "solid-js"
import { Fact } from "../../components/fact.tsx"
import { RowBox } from "../../components/row-box.tsx"
import { createRowOrder } from "../../components/row-order.ts"
import { Time } from "../../components/time.tsx"
import { createVirtualRows } from "../../components/virtual-rows.ts"
import { createFormat } from "../../i18n/i18n.tsx"
import { useNames } from "../../i18n/names.ts"
import { AccountCondition } from "./account-condition.tsx"
import { AccountIdentity } from "./account-identity.tsx"
import { AccountMenu } from "./account-menu.tsx"
import { accountOrders, quotaBuckets } from "./account-orders.ts"
import type { AccountViewProps } from "./account-table.tsx"
import type { Account } from "./create-accounts.ts"
import { QuotaCell } from "./quota-cell.tsx"
import { useWords } from "./words.ts"

/** A card is about this wide, in pixels of text of sixteen. */
const cardPx = 330

interface Line {
  readonly key: string
  readonly accounts: readonly Account[]
}

/** The same accounts as cards, as many in a line as there is room for; only the lines that are seen are in the page. */
export function AccountCards(props: AccountViewProps) {
  const t = useWords()
  const [perLine, setPerLine] = createSignal(1)
  const compare = createMemo(() => {
    const { sort } = props
    const name = sort?.replace("-", "") ?? ""
    if (!Object.hasOwn(accountOrders, name)) return undefined
    const ascending = accountOrders[name as keyof typeof accountOrders] // it has it
    return sort?.startsWith("-") === true ? (one: Account, other: Account) => ascending(other, one) : ascending
  })
  const order = createRowOrder<Account>({
    rows: () => props.accounts,
    keyOf: ({ id }) => id,
    compare,
    mark: () => props.priority.moves(),
  })
  const lines = createMemo((): readonly Line[] => {
    const [all, count] = [order.ordered(), perLine()]
    return Array.from({ length: Math.ceil(all.length / count) }, (_, index) => {
      const accounts = all.slice(index * count, (index + 1) * count)
      return { key: accounts.map(({ id }) => id).join(), accounts }
    })
  })
  const virtual = createVirtualRows<Line>({ rows: lines, keyOf: ({ key }) => key, estimate: 320 })
  let list: HTMLElement | undefined
  onMount(() => {
    const look = () => {
      const text = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16
      setPerLine(Math.max(1, Math.floor((list?.clientWidth ?? 0) / (cardPx * (text / 16)))))
    }
    look()
    if (typeof ResizeObserver === "undefined" || list === undefined) return
    const observer = new ResizeObserver(look)
    observer.observe(list)
    onCleanup(() => observer.disconnect())
  })
  return (
    <ul
      aria-label={t("accounts.title")}
      class="flex flex-col"
      ref={(element) => {
        list = element
        virtual.setBody(element)
      }}
    >
      <li aria-hidden="true" style={{ height: `${virtual.before()}px` }} />
      <For each={virtual.visible()}>
        {(line) => (
          <li class="pb-3" ref={(element) => virtual.measure(element, line)}>
            <ul class="grid gap-3" style={{ "grid-template-columns": `repeat(${perLine()}, minmax(0, 1fr))` }}>
              <For each={line.accounts}>
                {(account) => <Card {...props} account={account} shown={order.ordered()} />}
              </For>
            </ul>
          </li>
        )}
      </For>
      <li aria-hidden="true" style={{ height: `${virtual.after()}px` }} />
    </ul>
  )
}

function Card(props: AccountViewProps & { account: Account; shown: readonly Account[] }) {
  const t = useWords()
  const format = createFormat()
  const nameOf = useNames()
  return (
    <li
      class="card account-card flex min-w-0 flex-col gap-3 p-4"
      data-chosen={props.selection?.has(props.account) === true ? "" : undefined}
    >
      <div class="flex items-start gap-3">
        <Show when={props.selection}>
          {(selection) => (
            <RowBox
              isMet
              isChosen={selection().has(props.account)}
              label={t("accounts.choose", props.account.label)}
              onToggle={(isRange) => selection().toggle(props.account, isRange ? props.shown : undefined)}
            />
          )}
        </Show>
        <div class="min-w-0 flex-1">
          <AccountIdentity account={props.account} />
        </div>
        <AccountMenu
          account={props.account}
          actions={props.actions}
          onSignIn={props.onSignIn}
          onRemove={props.onRemove}
        />
      </div>
      <AccountCondition account={props.account} onSignIn={() => props.onSignIn(props.account)} place="card" />
      <div class="grid grid-cols-3 gap-x-4">
        <For each={quotaBuckets}>
          {(bucket) => (
            // The name's own line, so that bars stand beside bars when one name takes two.
            <div class="row-span-2 grid min-w-0 grid-rows-subgrid gap-y-1.5">
              <span class="self-end text-xs leading-tight text-faint">{nameOf("bucket", bucket)}</span>
              <QuotaCell account={props.account} bucket={bucket} reserve={props.reserve} />
            </div>
          )}
        </For>
      </div>
      <dl class="mt-auto grid grid-cols-3 gap-x-4 border-t border-line pt-3 text-[0.8125rem] tabular-nums">
        <Fact name={t("accounts.priority")}>{format.number(props.account.priority)}</Fact>
        <Fact name={t("accounts.requests")}>
          {format.compact(props.account.requestCount)}
          <Show when={props.account.inFlight > 0}>
            <span class="ml-1.5 text-xs text-soft">{t("accounts.running", format.number(props.account.inFlight))}</span>
          </Show>
        </Fact>
        <Fact name={t("accounts.lastUsed")}>
          <Time at={props.account.lastUsedAt} otherwise={t("accounts.never")} />
        </Fact>
      </dl>
    </li>
  )
}
