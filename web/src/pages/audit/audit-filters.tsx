import SlidersHorizontal from "lucide-solid/icons/sliders-horizontal"
import X from "lucide-solid/icons/x"
import { createMemo, createSignal, createUniqueId, For, type JSX, Show } from "solid-js"
import { Button } from "../../components/button.tsx"
import { Combobox } from "../../components/combobox.tsx"
import { createFormat, useI18n } from "../../i18n/i18n.tsx"
import { actions, useActionName } from "./action-name.ts"
import { type AuditEvent, type AuditFilterState, choices, outcomes } from "./create-audit.ts"
import { useWords } from "./words.ts"

/** Who, what, with which outcome, and when; what is chosen stands in the address. */
export function AuditFilters(props: { state: AuditFilterState; events: readonly AuditEvent[] }) {
  const t = useWords()
  const { locale } = useI18n()
  const actionName = useActionName()
  const format = createFormat()
  const { address } = props.state
  // On a phone they are behind one button, which counts what narrows the list.
  const [isUnfolded, setUnfolded] = createSignal(false)
  const count = () => choices.filter((name) => address.get(name) !== undefined).length
  const named = createMemo(() =>
    actions
      .map((action) => ({ action, name: actionName(action) }))
      .toSorted((one, other) => one.name.localeCompare(other.name, locale())),
  )
  const people = createMemo(() =>
    [...new Set(props.events.flatMap(({ actor }) => actor.name ?? []))].toSorted().map((value) => ({ value })),
  )
  return (
    <>
      <Button class="self-start sm:hidden" aria-expanded={isUnfolded()} onClick={() => setUnfolded(!isUnfolded())}>
        <SlidersHorizontal />
        {count() === 0 ? t("audit.filters") : t("audit.filtersChosen", format.number(count()))}
      </Button>
      <form
        class="grid grid-cols-1 items-end gap-3 sm:grid-cols-3"
        classList={{
          "max-sm:hidden": !isUnfolded(),
          "lg:grid-cols-5": props.state.isEmpty(),
          "lg:grid-cols-[repeat(5,minmax(0,1fr))_auto]": !props.state.isEmpty(),
        }}
        aria-label={t("audit.filters")}
        onSubmit={(event) => event.preventDefault()}
      >
        <Choice label={t("audit.who")}>
          {(id) => (
            <Combobox
              id={id}
              class="input min-h-8 py-1"
              value={address.get("who") ?? ""}
              suggestions={people()}
              onInput={(who) => address.set({ who: who.trim() || undefined })}
            />
          )}
        </Choice>
        <Choice label={t("audit.action")}>
          {(id) => (
            <select
              id={id}
              class="input min-h-8 py-1"
              onChange={(event) => address.set({ action: event.currentTarget.value || undefined })}
            >
              <option value="" selected={address.get("action") === undefined}>
                {t("audit.anything")}
              </option>
              <Show when={address.get("action")}>
                {(action) => (
                  <Show when={!actions.includes(action())}>
                    <option value={action()} selected>
                      {action()}
                    </option>
                  </Show>
                )}
              </Show>
              <For each={named()}>
                {({ action, name }) => (
                  <option value={action} selected={address.get("action") === action}>
                    {name}
                  </option>
                )}
              </For>
            </select>
          )}
        </Choice>
        <Choice label={t("audit.outcome")}>
          {(id) => (
            <select
              id={id}
              class="input min-h-8 py-1"
              onChange={(event) => address.set({ outcome: event.currentTarget.value || undefined })}
            >
              <option value="" selected={address.get("outcome") === undefined}>
                {t("audit.any")}
              </option>
              <For each={outcomes}>
                {(outcome) => (
                  <option value={outcome} selected={address.get("outcome") === outcome}>
                    {t(`outcome.${outcome}`)}
                  </option>
                )}
              </For>
            </select>
          )}
        </Choice>
        <For each={["since", "until"] as const}>
          {(name) => (
            <Choice label={t(`audit.${name}`)}>
              {(id) => (
                <input
                  id={id}
                  type="datetime-local"
                  class="input min-h-8 py-1"
                  value={address.get(name) ?? ""}
                  onChange={(event) => address.set({ [name]: event.currentTarget.value || undefined })}
                />
              )}
            </Choice>
          )}
        </For>
        <Show when={!props.state.isEmpty()}>
          <Button onClick={() => props.state.clear()}>
            <X />
            {t("audit.clear")}
          </Button>
        </Show>
        <Show when={address.get("object")}>
          {(object) => (
            <p class="col-span-full text-[0.8125rem] text-soft">
              {t("audit.objectIs")}: <code class="font-mono wrap-anywhere">{object()}</code>
            </p>
          )}
        </Show>
      </form>
    </>
  )
}

function Choice(props: { label: string; children: (id: string) => JSX.Element }) {
  const id = createUniqueId()
  return (
    <div class="flex min-w-0 flex-col gap-1">
      <label for={id} class="text-xs text-faint">
        {props.label}
      </label>
      {props.children(id)}
    </div>
  )
}
