import { A } from "@solidjs/router"
import Pencil from "lucide-solid/icons/pencil"
import Plus from "lucide-solid/icons/plus"
import Search from "lucide-solid/icons/search"
import Trash from "lucide-solid/icons/trash"
import Waypoints from "lucide-solid/icons/waypoints"
import { createMemo, createSignal, For, type JSX, Show } from "solid-js"
import { Button } from "../../../components/button.tsx"
import { type Column, DataTable } from "../../../components/data-table.tsx"
import { Empty } from "../../../components/states.tsx"
import type { Suggestion } from "../../../components/suggestions.ts"
import { createUrlState } from "../../../lib/create-url-state.ts"
import { offerActions } from "../../../lib/page-actions.ts"
import { usePanel } from "../../../panel.tsx"
import { AliasDialog } from "./alias-dialog.tsx"
import type { Alias, RoutingState } from "../create-routing.ts"
import { createNotes } from "../notes.ts"
import { RemoveAliasDialog } from "./remove-alias-dialog.tsx"
import { useWords } from "../words.ts"

interface AliasesProps {
  routing: RoutingState
  /** To suggest as targets. */
  models: readonly Suggestion[]
}

/** An alias that is being written; without one to change it is new. */
export interface WrittenAlias {
  readonly alias: Alias | undefined
}

interface AliasRow {
  readonly alias: Pick<Alias, "name" | "target"> & Partial<Alias>
  /** Its place among those of the operator; undefined: it is built in. */
  readonly place: number | undefined
}

/** Names and what they mean: the operator's own, and those that are built in. */
export function Aliases(props: AliasesProps) {
  const t = useWords()
  const { may } = usePanel()
  const mayEdit = () => may("OPERATE")
  const address = createUrlState<"name" | "of" | "sort">()
  const [written, setWritten] = createSignal<WrittenAlias>()
  const [removing, setRemoving] = createSignal<Alias>()
  const own = () => props.routing.routing()?.aliases ?? []
  const isBuiltIn = () => address.get("of") === "built-in"
  const rows = createMemo((): readonly AliasRow[] => {
    const words = (address.get("name") ?? "").trim().toLowerCase().split(/\s+/)
    const all: readonly AliasRow[] = isBuiltIn()
      ? (props.routing.routing()?.builtInAliases ?? []).map((alias) => ({ alias, place: undefined }))
      : own().map((alias, place) => ({ alias, place }))
    return all.filter(({ alias }) => {
      const text = `${alias.name}\n${alias.target}`.toLowerCase()
      return words.every((word) => text.includes(word))
    })
  })
  offerActions(() => (mayEdit() ? [{ label: t("aliases.add"), run: () => setWritten({ alias: undefined }) }] : []))
  const addButton = (): JSX.Element => (
    <Button look="primary" onClick={() => setWritten({ alias: undefined })}>
      <Plus />
      {t("aliases.add")}
    </Button>
  )
  return (
    <section class="flex flex-col gap-4" aria-label={t("models.aliases")}>
      <div class="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <p class="max-w-[72ch] text-soft">{t("aliases.hint")}</p>
        <Show when={mayEdit() && (own().length > 0 || isBuiltIn())}>{addButton()}</Show>
      </div>
      <div class="flex flex-wrap items-center gap-x-4 gap-y-2.5">
        <div class="-mx-1 flex flex-1 flex-wrap gap-1 px-1">
          <For each={[false, true]}>
            {(builtIn) => (
              <button
                type="button"
                class="chip"
                aria-pressed={isBuiltIn() === builtIn}
                onClick={() => address.set({ of: builtIn ? "built-in" : undefined })}
              >
                {builtIn ? t("aliases.builtIn") : t("aliases.own")}
              </button>
            )}
          </For>
        </div>
        <Show when={own().length >= 8 || isBuiltIn()}>
          <label class="relative w-full sm:w-72">
            <span class="sr-only">{t("aliases.find")}</span>
            <Search class="pointer-events-none absolute top-1/2 left-2.5 size-3.5 -translate-y-1/2 text-faint" />
            <input
              type="search"
              class="input min-h-8 py-1 pl-8"
              placeholder={t("aliases.find")}
              value={address.get("name") ?? ""}
              onInput={(event) => address.set({ name: event.currentTarget.value || undefined })}
            />
          </label>
        </Show>
      </div>
      <div class="card overflow-hidden">
        <Show
          when={rows().length > 0}
          fallback={
            <Show
              when={own().length === 0 && !isBuiltIn()}
              fallback={<p class="px-4.5 py-6 text-soft">{t("aliases.none")}</p>}
            >
              <Empty title={t("aliases.emptyTitle")} hint={t("aliases.emptyHint")}>
                <Show when={mayEdit()}>{addButton()}</Show>
              </Empty>
            </Show>
          }
        >
          <AliasTable
            {...props}
            rows={rows()}
            sort={address.get("sort")}
            onSort={(sort) => address.set({ sort })}
            onEdit={mayEdit() ? (alias) => setWritten({ alias }) : undefined}
            onRemove={mayEdit() ? setRemoving : undefined}
          />
        </Show>
      </div>
      <AliasDialog {...props} written={written()} onClose={() => setWritten(undefined)} />
      <RemoveAliasDialog routing={props.routing} alias={removing()} onClose={() => setRemoving(undefined)} />
    </section>
  )
}

interface AliasTableProps extends AliasesProps {
  rows: readonly AliasRow[]
  sort: string | undefined
  onSort: (sort: string | undefined) => void
  onEdit: ((alias: Alias) => void) | undefined
  onRemove: ((alias: Alias) => void) | undefined
}

function AliasTable(props: AliasTableProps) {
  const t = useWords()
  const notes = createNotes(props.routing)
  const ownNames = createMemo(() => new Set(props.routing.routing()?.aliases.map(({ name }) => name)))
  const own = ({ alias, place }: AliasRow): Alias | undefined =>
    place === undefined ? undefined : { note: null, ...alias }
  const columns = createMemo((): readonly Column<AliasRow>[] => [
    {
      id: "name",
      label: t("aliases.name"),
      width: "lg:w-[34%]",
      block: "wide",
      compare: (one, other) => one.alias.name.localeCompare(other.alias.name),
      cell: ({ alias, place }) => (
        <span class="flex flex-wrap items-baseline gap-x-2 pr-24 lg:pr-0">
          <code class="font-mono text-[0.8125rem] font-medium wrap-anywhere">{alias.name}</code>
          <Show when={place === undefined && ownNames().has(alias.name)}>
            <span class="text-xs text-faint">{t("aliases.overridden")}</span>
          </Show>
        </span>
      ),
    },
    {
      id: "target",
      label: t("aliases.target"),
      width: "lg:w-[34%]",
      block: "wide",
      isNamed: true,
      compare: (one, other) => one.alias.target.localeCompare(other.alias.target),
      cell: ({ alias, place }) => (
        <div class="flex flex-col gap-1.5">
          <code class="font-mono text-[0.8125rem] wrap-anywhere">{alias.target}</code>
          <Show when={place !== undefined}>
            <For each={notes("aliases", place ?? 0)}>
              {(note) => (
                <p
                  class="notice self-start px-2 py-0.5 text-[0.8125rem] wrap-anywhere"
                  classList={{ [`tone-${note.tone}`]: true }}
                >
                  {note.text}
                </p>
              )}
            </For>
          </Show>
        </div>
      ),
    },
    {
      id: "note",
      label: t("aliases.note"),
      block: "wide",
      cell: ({ alias }) => <span class="text-[0.8125rem] text-soft wrap-anywhere">{alias.note}</span>,
    },
    {
      id: "actions",
      label: t("aliases.actions"),
      isLabelHidden: true,
      width: "lg:w-36",
      end: true,
      block: "corner",
      cell: (row) => (
        <span class="inline-flex">
          <Show when={!row.alias.name.includes("*")}>
            <A
              href={`/models?tab=explain&model=${encodeURIComponent(row.alias.name)}`}
              class="button button-plain button-icon"
              aria-label={t("aliases.try", row.alias.name)}
              title={t("aliases.try", row.alias.name)}
            >
              <Waypoints />
            </A>
          </Show>
          <Show when={own(row)}>
            {(alias) => (
              <>
                <Show when={props.onEdit}>
                  {(edit) => (
                    <Button
                      look="plain"
                      icon
                      aria-label={t("aliases.edit", alias().name)}
                      title={t("aliases.edit", alias().name)}
                      onClick={() => edit()(alias())}
                    >
                      <Pencil />
                    </Button>
                  )}
                </Show>
                <Show when={props.onRemove}>
                  {(remove) => (
                    <Button
                      look="plain"
                      icon
                      aria-label={t("aliases.remove", alias().name)}
                      title={t("aliases.remove", alias().name)}
                      onClick={() => remove()(alias())}
                    >
                      <Trash />
                    </Button>
                  )}
                </Show>
              </>
            )}
          </Show>
        </span>
      ),
    },
  ])
  return (
    <DataTable
      label={t("models.aliases")}
      rows={props.rows}
      keyOf={({ alias }) => alias.name}
      columns={columns()}
      sort={props.sort}
      onSort={(sort) => props.onSort(sort)}
      rowHeight={44}
    />
  )
}
