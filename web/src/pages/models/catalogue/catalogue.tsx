import { A } from "@solidjs/router"
import Info from "lucide-solid/icons/info"
import Search from "lucide-solid/icons/search"
import Waypoints from "lucide-solid/icons/waypoints"
import { createMemo, createSignal, For, type JSX, Match, Show, Switch } from "solid-js"
import { Badge } from "../../../components/badge.tsx"
import { Button } from "../../../components/button.tsx"
import { type Column, DataTable } from "../../../components/data-table.tsx"
import { Empty } from "../../../components/states.tsx"
import { createFormat } from "../../../i18n/i18n.tsx"
import { createUrlState } from "../../../lib/create-url-state.ts"
import { unknown } from "../../../lib/format.ts"
import { fits, has, isTrait, type ModelTrait, traits } from "./catalogue-filters.ts"
import type { createModels, Model } from "./create-models.ts"
import { ModelDialog } from "./model-dialog.tsx"
import { Abilities, Quota } from "./model-parts.tsx"
import { useWords } from "../words.ts"

interface CatalogueProps {
  catalogue: ReturnType<typeof createModels>
}

/** Each model that accounts offer, or offered lately. */
export function Catalogue(props: CatalogueProps) {
  const t = useWords()
  const address = createUrlState<"find" | "has" | "sort">()
  const [opened, setOpened] = createSignal<string>()
  const chosen = (): ModelTrait | undefined => {
    const text = address.get("has")
    return isTrait(text) ? text : undefined
  }
  const models = () => props.catalogue.models()
  const shown = createMemo(() => models().filter((model) => fits(model, address.get("find") ?? "", chosen())))
  const shownTraits = createMemo(() =>
    traits.filter((trait) => trait === chosen() || models().some((model) => has(model, trait))),
  )
  const traitName = (trait: ModelTrait) =>
    ({
      new: t("catalogue.isNew"),
      gone: t("catalogue.gone"),
      thinking: t("catalogue.thinking"),
      images: t("catalogue.images"),
      search: t("catalogue.search"),
      draws: t("catalogue.draws"),
    })[trait]
  return (
    <Switch>
      <Match when={models().length === 0}>
        <div class="card overflow-hidden">
          <Empty title={t("catalogue.emptyTitle")} hint={t("catalogue.emptyHint")}>
            <A href="/accounts" class="button button-secondary">
              {t("catalogue.toAccounts")}
            </A>
          </Empty>
        </div>
      </Match>
      <Match when={models().length > 0}>
        <div class="flex flex-col gap-4">
          <div class="flex flex-wrap items-center gap-x-4 gap-y-2.5">
            <div class="-mx-1 flex flex-1 flex-wrap gap-1 px-1" role="group" aria-label={t("catalogue.can")}>
              <button
                type="button"
                class="chip"
                aria-pressed={chosen() === undefined}
                onClick={() => address.set({ has: undefined })}
              >
                {t("catalogue.all")}
              </button>
              <For each={shownTraits()}>
                {(trait) => (
                  <button
                    type="button"
                    class="chip"
                    aria-pressed={chosen() === trait}
                    onClick={() => address.set({ has: chosen() === trait ? undefined : trait })}
                  >
                    {traitName(trait)}
                  </button>
                )}
              </For>
            </div>
            <label class="relative w-full sm:w-72">
              <span class="sr-only">{t("catalogue.find")}</span>
              <Search class="pointer-events-none absolute top-1/2 left-2.5 size-3.5 -translate-y-1/2 text-faint" />
              <input
                type="search"
                class="input min-h-8 py-1 pl-8"
                placeholder={t("catalogue.find")}
                value={address.get("find") ?? ""}
                onInput={(event) => address.set({ find: event.currentTarget.value || undefined })}
              />
            </label>
          </div>
          <div class="card overflow-hidden">
            <Show
              when={shown().length > 0}
              fallback={<Empty small title={t("catalogue.none")} hint={t("catalogue.noneHint")} />}
            >
              <ModelTable
                models={shown()}
                catalogue={props.catalogue}
                sort={address.get("sort")}
                onSort={(sort) => address.set({ sort })}
                onOpen={({ id }) => setOpened(id)}
              />
            </Show>
          </div>
        </div>
        <ModelDialog
          model={models().find(({ id }) => id === opened())}
          quotaLeft={props.catalogue.quotaLeft}
          onClose={() => setOpened(undefined)}
        />
      </Match>
    </Switch>
  )
}

interface ModelTableProps extends CatalogueProps {
  models: readonly Model[]
  sort: string | undefined
  onSort: (sort: string | undefined) => void
  onOpen: (model: Model) => void
}

const byNumber = (read: (model: Model) => number | null | undefined) => (one: Model, other: Model) =>
  (read(one) ?? -1) - (read(other) ?? -1)

function ModelTable(props: ModelTableProps) {
  const t = useWords()
  const format = createFormat()
  const limit = (count: number | null): JSX.Element => (
    <span title={count === null ? undefined : t("catalogue.tokens", format.number(count))}>
      {count === null ? unknown : format.compact(count)}
    </span>
  )
  const columns = createMemo((): readonly Column<Model>[] => [
    {
      id: "id",
      label: t("catalogue.model"),
      width: "lg:w-[27%]",
      block: "wide",
      compare: (one, other) => one.id.localeCompare(other.id),
      cell: (model) => <ModelName model={model} onOpen={() => props.onOpen(model)} />,
    },
    {
      id: "context",
      label: t("catalogue.context"),
      width: "lg:w-[8%]",
      end: true,
      isNamed: true,
      compare: byNumber(({ maxInputTokens }) => maxInputTokens),
      cell: (model) => limit(model.maxInputTokens),
    },
    {
      id: "output",
      label: t("catalogue.output"),
      width: "lg:w-[8%]",
      end: true,
      isNamed: true,
      compare: byNumber(({ maxOutputTokens }) => maxOutputTokens),
      cell: (model) => limit(model.maxOutputTokens),
    },
    {
      id: "accounts",
      label: t("catalogue.accounts"),
      width: "lg:w-[10%]",
      end: true,
      isNamed: true,
      compare: byNumber(({ usableBy }) => usableBy),
      cell: (model) => <Offers model={model} onOpen={() => props.onOpen(model)} />,
    },
    {
      id: "can",
      label: t("catalogue.can"),
      width: "lg:w-[19%]",
      block: "double",
      isNamed: true,
      cell: (model) => <Abilities model={model} />,
    },
    {
      id: "quota",
      label: t("catalogue.quota"),
      width: "lg:w-[20%]",
      block: "wide",
      isNamed: true,
      compare: byNumber((model) => props.catalogue.quotaLeft(model)?.share),
      cell: (model) => <Quota model={model} quotaLeft={props.catalogue.quotaLeft} />,
    },
    {
      id: "actions",
      label: t("catalogue.actions"),
      isLabelHidden: true,
      end: true,
      block: "corner",
      cell: (model) => (
        <span class="inline-flex">
          <A
            href={`/models?tab=explain&model=${encodeURIComponent(model.id)}`}
            class="button button-plain button-icon"
            aria-label={t("catalogue.route", model.id)}
            title={t("catalogue.route", model.id)}
          >
            <Waypoints />
          </A>
          <Button
            look="plain"
            icon
            aria-label={t("catalogue.one", model.id)}
            title={t("catalogue.one", model.id)}
            onClick={() => props.onOpen(model)}
          >
            <Info />
          </Button>
        </span>
      ),
    },
  ])
  return (
    <DataTable
      label={t("catalogue.list")}
      rows={props.models}
      keyOf={({ id }) => id}
      columns={columns()}
      sort={props.sort}
      onSort={(sort) => props.onSort(sort)}
    />
  )
}

function ModelName(props: { model: Model; onOpen: () => void }) {
  const t = useWords()
  const format = createFormat()
  return (
    <div class="flex min-w-0 flex-col gap-0.5 pr-16 lg:pr-0">
      <span class="flex flex-wrap items-center gap-x-2 gap-y-1">
        <button
          type="button"
          class="text-left font-mono text-[0.8125rem] font-medium wrap-anywhere hover:underline"
          onClick={() => props.onOpen()}
        >
          {props.model.id}
        </button>
        <Show when={props.model.isNew}>
          <Badge tone="begin" label={t("catalogue.isNew")} title={format.exact(props.model.firstSeenAt)} />
        </Show>
        <Show when={props.model.goneAt}>
          {(at) => <Badge tone="hand" label={t("catalogue.gone")} title={format.exact(at())} />}
        </Show>
        <Show when={props.model.isInternal}>
          <Badge tone="quiet" label={t("catalogue.internal")} title={t("catalogue.internalHint")} />
        </Show>
      </span>
      <Show when={props.model.displayName !== null && props.model.displayName !== props.model.id}>
        <span class="text-xs text-faint wrap-anywhere">{props.model.displayName}</span>
      </Show>
    </div>
  )
}

/** How many accounts can serve it, of those that list it; which ones, on a press. */
function Offers(props: { model: Model; onOpen: () => void }) {
  const t = useWords()
  const format = createFormat()
  const counts = () => [format.number(props.model.usableBy), format.number(props.model.offeredBy)] as const
  return (
    <Show when={props.model.offeredBy > 0} fallback={<span class="text-faint">{t("catalogue.nobody")}</span>}>
      <button
        type="button"
        class="underline decoration-line-strong underline-offset-3 hover:decoration-current"
        classList={{ "tone-bad text-tone": props.model.usableBy === 0 }}
        title={t("catalogue.usableHint", ...counts())}
        onClick={() => props.onOpen()}
      >
        {t("catalogue.usable", ...counts())}
      </button>
    </Show>
  )
}
