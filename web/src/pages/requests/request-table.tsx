import { A } from "@solidjs/router"
import ChevronRight from "lucide-solid/icons/chevron-right"
import { createSignal, createUniqueId, For, lazy, onCleanup, onMount, Show, Suspense, untrack } from "solid-js"
import { Cell, ColumnHeader } from "../../components/cell.tsx"
import { createFormat } from "../../i18n/i18n.tsx"
import type { Request } from "./create-requests.ts"
import { EndTime, ModelAndError, Outcome, Tokens } from "./request-cells.tsx"
import { useWords } from "./words.ts"

const Unfolded = lazy(() => import("./unfolded.tsx"))

const firstLookMs = 1_000

interface TableProps {
  requests: readonly Request[]
  /** So many come that none is pointed out. */
  isBusy: boolean
  /** A row was unfolded, or folded, or is gone while it was not. */
  onOpen: (isOpen: boolean) => void
}

/** Requests in rows that unfold. */
export function RequestTable(props: TableProps) {
  const t = useWords()
  // The rows of the first look stand still; those that come later are lit up for a moment.
  const [isLive, setLive] = createSignal(false)
  onMount(() => {
    const timer = setTimeout(() => setLive(true), firstLookMs)
    onCleanup(() => clearTimeout(timer))
  })
  return (
    <table role="table" class="table" aria-label={t("requests.list")}>
      <thead role="rowgroup">
        <tr role="row">
          <ColumnHeader>{t("requests.time")}</ColumnHeader>
          <ColumnHeader>{t("requests.outcome")}</ColumnHeader>
          <ColumnHeader>{t("requests.model")}</ColumnHeader>
          <ColumnHeader>{t("requests.account")}</ColumnHeader>
          <ColumnHeader end>{t("requests.firstContent")}</ColumnHeader>
          <ColumnHeader end>{t("requests.duration")}</ColumnHeader>
          <ColumnHeader end>{t("requests.tokens")}</ColumnHeader>
        </tr>
      </thead>
      <tbody role="rowgroup">
        <For each={props.requests}>
          {(request) => (
            <RequestRow request={request} arrives={untrack(() => isLive() && !props.isBusy)} onOpen={props.onOpen} />
          )}
        </For>
      </tbody>
    </table>
  )
}

function RequestRow(props: { request: Request; arrives: boolean; onOpen: (isOpen: boolean) => void }) {
  const t = useWords()
  const format = createFormat()
  const request = () => props.request
  const account = () => request().attempts.findLast((attempt) => attempt.account !== null)?.account
  const [isOpen, setOpen] = createSignal(false)
  const id = createUniqueId()
  const turn = (wanted: boolean) => {
    if (isOpen() === wanted) return
    setOpen(wanted)
    props.onOpen(wanted)
  }
  onCleanup(() => turn(false))
  return (
    <>
      <tr role="row" classList={{ arrive: props.arrives }}>
        <Cell label={t("requests.time")}>
          <button
            type="button"
            class="-ml-1.5 inline-flex items-center gap-1 rounded px-0.5 text-soft"
            aria-expanded={isOpen()}
            aria-controls={id}
            title={t("detail.show")}
            onClick={() => turn(!isOpen())}
          >
            <ChevronRight
              class="size-3.5 flex-none text-faint"
              classList={{ "rotate-90": isOpen() }}
              aria-hidden="true"
            />
            <EndTime request={request()} />
          </button>
        </Cell>
        <Cell label={t("requests.outcome")} double>
          <Outcome request={request()} />
        </Cell>
        <Cell wide class="lg:w-[40%] lg:min-w-[15rem]">
          <ModelAndError request={request()} />
        </Cell>
        <Cell label={t("requests.account")} double class="lg:w-[22%]">
          <span class="flex flex-col">
            <Show when={account()} fallback={<span class="text-faint">{t("requests.noAccount")}</span>}>
              {(used) => <span class="wrap-anywhere">{used().label}</span>}
            </Show>
            <Show when={request().apiKey}>
              {(key) => <span class="text-xs text-faint wrap-anywhere">{t("requests.byKey", key().name)}</span>}
            </Show>
            <Show when={request().attempts.length > 1}>
              <span class="text-xs text-faint">{t("requests.attempts", request().attempts.length)}</span>
            </Show>
          </span>
        </Cell>
        <Cell label={t("requests.firstContent")} end>
          <span class="whitespace-nowrap">{format.duration(request().firstContentMs)}</span>
        </Cell>
        <Cell label={t("requests.duration")} end>
          <span class="whitespace-nowrap">{format.duration(request().durationMs)}</span>
        </Cell>
        <Cell label={t("requests.tokens")} end double>
          <Tokens request={request()} />
        </Cell>
      </tr>
      <Show when={isOpen()}>
        <tr role="row" id={id}>
          <td role="cell" colSpan={7} data-wide="" class="bg-sunken">
            <Suspense>
              <Unfolded id={request().id} />
            </Suspense>
            <A href={`/requests/${request().id}`} class="text-[0.8125rem] font-medium text-point hover:underline">
              {t("requests.open")}
            </A>
          </td>
        </tr>
      </Show>
    </>
  )
}
