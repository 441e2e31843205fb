import ChevronRight from "lucide-solid/icons/chevron-right"
import Pencil from "lucide-solid/icons/pencil"
import Plus from "lucide-solid/icons/plus"
import Trash from "lucide-solid/icons/trash"
import { createSignal, For, type JSX, Show } from "solid-js"
import { Button } from "../../../components/button.tsx"
import { Empty } from "../../../components/states.tsx"
import type { Suggestion } from "../../../components/suggestions.ts"
import { offerActions } from "../../../lib/page-actions.ts"
import { usePanel } from "../../../panel.tsx"
import { ChainDialog } from "./chain-dialog.tsx"
import type { Chain, RoutingState } from "../create-routing.ts"
import { createNotes } from "../notes.ts"
import { RemoveChainDialog } from "./remove-chain-dialog.tsx"
import { useWords } from "../words.ts"

interface FallbacksProps {
  routing: RoutingState
  models: readonly Suggestion[]
}

/** A chain that is being written; without one to change it is new. */
export interface WrittenChain {
  readonly chain: Chain | undefined
}

/** What follows a model when nobody can serve it. */
export function Fallbacks(props: FallbacksProps) {
  const t = useWords()
  const { may } = usePanel()
  const mayEdit = () => may("OPERATE")
  const [written, setWritten] = createSignal<WrittenChain>()
  const [removing, setRemoving] = createSignal<Chain>()
  const chains = () => props.routing.routing()?.fallbacks ?? []
  offerActions(() => (mayEdit() ? [{ label: t("fallbacks.add"), run: () => setWritten({ chain: undefined }) }] : []))
  const addButton = (): JSX.Element => (
    <Button look="primary" onClick={() => setWritten({ chain: undefined })}>
      <Plus />
      {t("fallbacks.add")}
    </Button>
  )
  return (
    <section class="flex flex-col gap-4" aria-label={t("models.fallbacks")}>
      <div class="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <p class="max-w-[72ch] text-soft">{t("fallbacks.hint")}</p>
        <Show when={mayEdit() && chains().length > 0}>{addButton()}</Show>
      </div>
      <div class="card overflow-hidden">
        <Show
          when={chains().length > 0}
          fallback={
            <Empty title={t("fallbacks.emptyTitle")} hint={t("fallbacks.emptyHint")}>
              <Show when={mayEdit()}>{addButton()}</Show>
            </Empty>
          }
        >
          <ul>
            <For each={chains()}>
              {(chain, index) => (
                <ChainRow
                  chain={chain}
                  index={index()}
                  routing={props.routing}
                  onEdit={mayEdit() ? () => setWritten({ chain }) : undefined}
                  onRemove={mayEdit() ? () => setRemoving(chain) : undefined}
                />
              )}
            </For>
          </ul>
        </Show>
      </div>
      <ChainDialog {...props} written={written()} onClose={() => setWritten(undefined)} />
      <RemoveChainDialog routing={props.routing} chain={removing()} onClose={() => setRemoving(undefined)} />
    </section>
  )
}

interface ChainRowProps {
  chain: Chain
  index: number
  routing: RoutingState
  onEdit: (() => void) | undefined
  onRemove: (() => void) | undefined
}

function ChainRow(props: ChainRowProps) {
  const t = useWords()
  const notes = createNotes(props.routing)
  return (
    <li class="flex items-start gap-3 border-line px-4.5 py-3 not-first:border-t">
      <div class="flex min-w-0 flex-1 flex-col gap-1.5 pt-1">
        <p class="flex flex-wrap items-center gap-x-1.5 gap-y-1 font-mono text-[0.8125rem]">
          <span class="font-medium wrap-anywhere">{props.chain.model}</span>
          <For each={props.chain.next}>
            {(name) => (
              <>
                <ChevronRight class="size-3.5 flex-none text-faint" aria-hidden="true" />
                <span class="sr-only">{t("fallbacks.does")}</span>
                <span class="wrap-anywhere">{name}</span>
              </>
            )}
          </For>
        </p>
        <For each={notes("fallbacks", props.index)}>
          {(note) => (
            <p
              class="notice self-start px-2.5 py-1 text-[0.8125rem] wrap-anywhere"
              classList={{ [`tone-${note.tone}`]: true }}
            >
              {note.text}
            </p>
          )}
        </For>
      </div>
      <Show when={props.onEdit}>
        {(edit) => (
          <Button
            look="plain"
            icon
            aria-label={t("fallbacks.edit", props.chain.model)}
            title={t("fallbacks.edit", props.chain.model)}
            onClick={() => edit()()}
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
            aria-label={t("fallbacks.remove", props.chain.model)}
            title={t("fallbacks.remove", props.chain.model)}
            onClick={() => remove()()}
          >
            <Trash />
          </Button>
        )}
      </Show>
    </li>
  )
}
