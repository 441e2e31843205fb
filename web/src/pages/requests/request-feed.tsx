import Pause from "lucide-solid/icons/pause"
import Play from "lucide-solid/icons/play"
import ArrowUp from "lucide-solid/icons/arrow-up"
import { createEffect, createMemo, createSignal, Match, onCleanup, onMount, Show, Switch } from "solid-js"
import { LoadingRows } from "../../components/loading-rows.tsx"
import { Button } from "../../components/button.tsx"
import { Page } from "../../components/page.tsx"
import { Empty, ErrorView } from "../../components/states.tsx"
import { problemOf } from "../../graphql/failure.ts"
import { createFormat } from "../../i18n/i18n.tsx"
import { createUrlState } from "../../lib/create-url-state.ts"
import { createRequests } from "./create-requests.ts"
import { FilterBar } from "./filter-bar.tsx"
import { rememberList } from "./last-list.ts"
import { activeNames, type FilterName, filterNames, filterOf, type FilterValues, isLive } from "./request-filter.ts"
import { RequestTable } from "./request-table.tsx"
import { useWords } from "./words.ts"

/** The last requests, newest first, which can be narrowed and held. */
export function RequestFeed() {
  const t = useWords()
  const address = createUrlState<FilterName>()
  const [paused, setPaused] = createSignal(false)
  const values = createMemo((): FilterValues => {
    const all = filterNames.map((name) => [name, address.get(name)] as const)
    return Object.fromEntries(all.filter(([, value]) => value !== undefined))
  })
  // Another filter is another list.
  const key = createMemo(() => JSON.stringify(values()))
  createEffect(() => {
    key()
    rememberList(window.location.search)
  })
  return (
    <Page
      summary={t("requests.summary")}
      action={
        <Button onClick={() => setPaused(!paused())} aria-pressed={paused()}>
          <Show when={paused()} fallback={<Pause />}>
            <Play />
          </Show>
          {paused() ? t("requests.resume") : t("requests.pause")}
        </Button>
      }
    >
      <FilterBar values={values()} onChange={(changed) => address.set(changed)} />
      <Show when={key()} keyed>
        <RequestList values={values()} paused={paused()} onClear={() => address.set(nothing)} />
      </Show>
    </Page>
  )
}

const nothing = Object.fromEntries(filterNames.map((name) => [name, undefined]))

/** So far down one reads what was; nothing moves then. */
const readsFromPx = 48

interface ListProps {
  values: FilterValues
  paused: boolean
  onClear: () => void
}

function RequestList(props: ListProps) {
  const t = useWords()
  const format = createFormat()
  // eslint-disable-next-line solid/reactivity -- with other values it is another list
  const { values } = props
  const now = Date.now()
  const list = createRequests({ filter: filterOf(values, now), isLive: isLive(values, now) })
  const { state, again, requests, heldCount } = list
  const [isDown, setDown] = createSignal(false)
  const [isPointed, setPointed] = createSignal(false)
  const [openCount, setOpenCount] = createSignal(0)
  const look = () => setDown(window.scrollY > readsFromPx)
  onMount(() => window.addEventListener("scroll", look, { passive: true }))
  onCleanup(() => window.removeEventListener("scroll", look))
  createEffect(() => list.hold(props.paused || isDown() || isPointed() || openCount() > 0))
  const failure = () => {
    const read = state()
    return read.type === "error" ? problemOf(read.error) : undefined
  }
  const showHeld = () => {
    window.scrollTo({ top: 0 })
    list.hold(false)
    list.hold(props.paused || openCount() > 0)
  }
  return (
    <>
      <Show when={failure()}>{(problem) => <ErrorView problem={problem()} onRetry={again} />}</Show>
      <Switch>
        <Match when={requests().length > 0}>
          <div class="relative flex flex-col gap-4">
            <Show when={heldCount() > 0}>
              <div class="pointer-events-none sticky top-16 z-10 -mb-12 flex h-8 justify-center lg:top-4">
                <Button class="pointer-events-auto" onClick={showHeld}>
                  <ArrowUp />
                  {t("requests.held", format.number(heldCount()))}
                </Button>
              </div>
            </Show>
            <div
              class="card overflow-hidden"
              onPointerEnter={(event) => setPointed(event.pointerType === "mouse")}
              onPointerLeave={() => setPointed(false)}
            >
              <RequestTable
                requests={requests()}
                isBusy={list.isBusy()}
                onOpen={(isOpen) => setOpenCount((count) => count + (isOpen ? 1 : -1))}
              />
            </div>
            <Show when={list.end()?.cursor}>
              <Button class="self-center" disabled={list.readingOn()} onClick={() => void list.readOn()}>
                {t("requests.older")}
              </Button>
            </Show>
          </div>
        </Match>
        <Match when={state().type === "loading"}>
          <LoadingRows count={4}>
            {() => (
              <>
                <div class="skeleton h-3.5 w-16" />
                <div class="skeleton h-5 w-20 rounded-full" />
                <div class="skeleton h-3.5 w-40" />
              </>
            )}
          </LoadingRows>
        </Match>
        <Match when={state().type === "data"}>
          <div class="card overflow-hidden">
            <Show
              when={activeNames(values).length > 0}
              fallback={<Empty title={t("requests.emptyTitle")} hint={t("requests.emptyHint")} />}
            >
              <Empty
                title={t("requests.noneTitle")}
                hint={
                  list.end()?.searchedUntil === null || list.end() === undefined
                    ? t("requests.noneHint")
                    : t("requests.noneUntil", format.exact(list.end()?.searchedUntil))
                }
              >
                <Show
                  when={list.end()?.cursor}
                  fallback={<Button onClick={() => props.onClear()}>{t("filter.clear")}</Button>}
                >
                  <Button disabled={list.readingOn()} onClick={() => void list.readOn()}>
                    {t("requests.older")}
                  </Button>
                </Show>
              </Empty>
            </Show>
          </div>
        </Match>
      </Switch>
    </>
  )
}
