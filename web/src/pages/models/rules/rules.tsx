import Pencil from "lucide-solid/icons/pencil"
import Plus from "lucide-solid/icons/plus"
import Trash from "lucide-solid/icons/trash"
import { createEffect, createMemo, createSignal, For, type JSX, on, Show } from "solid-js"
import { Badge } from "../../../components/badge.tsx"
import { Button } from "../../../components/button.tsx"
import { createOrder, moved, OrderButtons, OrderHandle, OrderTold } from "../../../components/order.tsx"
import { Empty } from "../../../components/states.tsx"
import type { Suggestion } from "../../../components/suggestions.ts"
import { Switch } from "../../../components/switch.tsx"
import { createUrlState } from "../../../lib/create-url-state.ts"
import { offerActions } from "../../../lib/page-actions.ts"
import { usePanel } from "../../../panel.tsx"
import type { RoutingState } from "../create-routing.ts"
import { changesOf, type DraftRule, type RuleChange } from "./rule-changes.ts"
import { emptyRule, ruleFor } from "./rule-form-draft.ts"
import { RuleDialog } from "./rule-dialog.tsx"
import { createNotes } from "../notes.ts"
import { createRuleWords, RuleParts } from "./rule-words.tsx"
import { RulesConflict } from "./rules-conflict.tsx"
import { RulesSaveBar } from "./rules-save-bar.tsx"
import { useWords } from "../words.ts"

interface RulesProps {
  routing: RoutingState
  /** To suggest. */
  names: readonly Suggestion[]
}

/** A rule that is being written: at its place in the list, or at the end of it. */
export interface Written {
  readonly rule: DraftRule
  readonly place: number | undefined
}

/** Where some requests go, in the order in which it counts. Nothing counts before it is saved. */
export function Rules(props: RulesProps) {
  const t = useWords()
  const { may } = usePanel()
  const mayEdit = () => may("OPERATE")
  const rules = () => props.routing.rules()
  const [written, setWritten] = createSignal<Written>()
  const changes = createMemo(() => changesOf(props.routing.base(), rules()))
  const order = createOrder({
    count: () => rules().length,
    nameOf: (index) => rules()[index]?.name ?? "",
    onMove: (from, to) => props.routing.edit(moved(rules(), from, to)),
  })
  const replace = (place: number, change: Partial<DraftRule>) =>
    props.routing.edit(rules().map((rule, index) => (index === place ? { ...rule, ...change } : rule)))
  const add = () => setWritten({ rule: emptyRule, place: undefined })
  offerActions(() => (mayEdit() ? [{ label: t("rules.add"), run: add }] : []))

  // Another part of the page asks for a rule about a model by the address; it is asked once.
  const address = createUrlState<"for">()
  createEffect(
    on(
      () => address.get("for"),
      (model) => {
        if (model === undefined) return
        address.set({ for: undefined })
        if (mayEdit()) setWritten({ rule: ruleFor(model), place: undefined })
      },
    ),
  )
  const take = (rule: DraftRule) => {
    const place = written()?.place
    props.routing.edit(place === undefined ? [...rules(), rule] : rules().with(place, rule))
    setWritten(undefined)
  }
  const addButton = (): JSX.Element => (
    <Button look="primary" onClick={add}>
      <Plus />
      {t("rules.add")}
    </Button>
  )
  return (
    <section class="flex flex-col gap-4" aria-label={t("models.rules")}>
      <div class="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <p class="max-w-[72ch] text-soft">{t("rules.hint")}</p>
        <Show when={mayEdit() && rules().length > 0}>{addButton()}</Show>
      </div>
      <Show when={props.routing.isConflict()}>
        <RulesConflict routing={props.routing} />
      </Show>
      <div class="card overflow-hidden">
        <Show
          when={rules().length > 0}
          fallback={
            <Empty title={t("rules.emptyTitle")} hint={t("rules.emptyHint")}>
              <Show when={mayEdit()}>{addButton()}</Show>
            </Empty>
          }
        >
          <ol ref={order.setList}>
            <For each={rules()}>
              {(rule, index) => (
                <RuleRow
                  {...props}
                  rule={rule}
                  index={index()}
                  change={changes().find((one) => one.rule === rule)}
                  isDragged={order.dragged() === index()}
                  mayEdit={mayEdit()}
                  handle={<OrderHandle order={order} index={index()} />}
                  buttons={<OrderButtons order={order} index={index()} />}
                  onSwitch={(enabled) => replace(index(), { enabled })}
                  onEdit={() => setWritten({ rule, place: index() })}
                  onRemove={() => props.routing.edit(rules().filter((one) => one !== rule))}
                />
              )}
            </For>
          </ol>
        </Show>
      </div>
      <OrderTold order={order} />
      <RulesSaveBar routing={props.routing} changes={changes()} />
      <RuleDialog
        written={written()}
        routing={props.routing}
        names={props.names}
        onClose={() => setWritten(undefined)}
        onTake={take}
      />
    </section>
  )
}

interface RuleRowProps extends RulesProps {
  rule: DraftRule
  index: number
  change: RuleChange | undefined
  isDragged: boolean
  mayEdit: boolean
  handle: JSX.Element
  buttons: JSX.Element
  onSwitch: (enabled: boolean) => void
  onEdit: () => void
  onRemove: () => void
}

function RuleRow(props: RuleRowProps) {
  const t = useWords()
  const words = createRuleWords(props.routing.keys)
  const notes = createNotes(props.routing)
  const isEdited = () => props.change?.type === "changed"
  return (
    <li
      class="flex flex-wrap items-start gap-x-2 border-line py-3 pr-2 pl-1.5 not-first:border-t sm:flex-nowrap sm:gap-x-3 sm:pr-3 sm:pl-3"
      classList={{ "bg-hover": props.isDragged }}
    >
      <Show when={props.mayEdit}>{props.handle}</Show>
      <div class="flex min-w-0 flex-1 flex-col gap-1.5 pt-1.5">
        <div class="flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <span
            class="w-5 flex-none text-right text-xs text-faint tabular-nums"
            title={t("rules.place", props.index + 1)}
          >
            {props.index + 1}
          </span>
          <h3 class="min-w-0 font-medium wrap-anywhere" classList={{ "text-faint": !props.rule.enabled }}>
            {props.rule.name}
          </h3>
          <Show when={!props.rule.enabled}>
            <Badge tone="quiet" label={t("rules.off")} />
          </Show>
          <Show when={props.change?.type === "added"}>
            <Badge tone="begin" label={t("rules.isNew")} />
          </Show>
          <Show when={isEdited()}>
            <Badge tone="cool" label={t("rules.isChanged")} />
          </Show>
        </div>
        <div class="flex flex-col gap-1.5 text-[0.8125rem] sm:pl-7.5">
          <RuleParts label={t("rules.when")} parts={words.when(props.rule)} otherwise={t("rules.always")} />
          <RuleParts label={t("rules.does")} parts={words.does(props.rule)} />
          <Show when={props.rule.note}>{(note) => <p class="text-faint wrap-anywhere">{note()}</p>}</Show>
          <For each={notes("rules", props.index)}>
            {(note) => (
              <p class="notice self-start px-2.5 py-1 wrap-anywhere" classList={{ [`tone-${note.tone}`]: true }}>
                {note.text}
              </p>
            )}
          </For>
        </div>
      </div>
      <Show when={props.mayEdit}>
        <div class="flex w-full flex-none items-center justify-end gap-x-0.5 pt-1 sm:w-auto sm:pt-0">
          <span class="inline-flex px-2">
            <Switch
              checked={props.rule.enabled}
              label={t("rules.on", props.rule.name)}
              isLabelHidden
              onChange={(enabled) => props.onSwitch(enabled)}
            />
          </span>
          {props.buttons}
          <Button
            look="plain"
            icon
            aria-label={t("rules.edit", props.rule.name)}
            title={t("rules.edit", props.rule.name)}
            onClick={() => props.onEdit()}
          >
            <Pencil />
          </Button>
          <Button
            look="plain"
            icon
            aria-label={t("rules.remove", props.rule.name)}
            title={t("rules.remove", props.rule.name)}
            onClick={() => props.onRemove()}
          >
            <Trash />
          </Button>
        </div>
      </Show>
    </li>
  )
}
