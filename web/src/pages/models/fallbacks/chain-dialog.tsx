import X from "lucide-solid/icons/x"
import { createSignal, For, Show } from "solid-js"
import { Button } from "../../../components/button.tsx"
import { Combobox } from "../../../components/combobox.tsx"
import { Dialog, DialogBody } from "../../../components/dialog.tsx"
import { DialogForm } from "../../../components/dialog-form.tsx"
import { Field } from "../../../components/field.tsx"
import { createOrder, moved, OrderButtons, OrderHandle, OrderTold } from "../../../components/order.tsx"
import { ProblemNotice } from "../../../components/problem-notice.tsx"
import { SubmitActions } from "../../../components/submit-actions.tsx"
import type { Suggestion } from "../../../components/suggestions.ts"
import { showToast } from "../../../components/toast.tsx"
import type { RoutingState } from "../create-routing.ts"
import type { WrittenChain } from "./fallbacks.tsx"
import { useWords } from "../words.ts"

interface ChainDialogProps {
  written: WrittenChain | undefined
  routing: RoutingState
  models: readonly Suggestion[]
  onClose: () => void
}

const fields = ["model", "next"] as const

/** Says what follows a model, at once. */
export function ChainDialog(props: ChainDialogProps) {
  const t = useWords()
  return (
    <Dialog
      open={props.written !== undefined}
      onClose={() => props.onClose()}
      title={
        props.written?.chain === undefined
          ? t("fallbacks.addTitle")
          : t("fallbacks.editTitle", props.written.chain.model)
      }
      description={t("fallbacks.dialogHint")}
    >
      <Show when={props.written} keyed>
        {(written) => <ChainForm {...props} written={written} />}
      </Show>
    </Dialog>
  )
}

function ChainForm(props: ChainDialogProps & { written: WrittenChain }) {
  const t = useWords()
  // eslint-disable-next-line solid/reactivity -- the form is made anew for another chain
  const { chain: before } = props.written
  const [model, setModel] = createSignal(before?.model ?? "")
  const [next, setNext] = createSignal<readonly string[]>(before?.next ?? [])
  const [typed, setTyped] = createSignal("")
  const saving = props.routing.createReplacing(fields)
  let isTaken = false
  const order = createOrder({
    count: () => next().length,
    nameOf: (index) => next()[index] ?? "",
    onMove: (from, to) => setNext(moved(next(), from, to)),
  })
  const add = (text: string) => {
    const name = text.trim()
    if (name !== "" && !next().includes(name)) setNext([...next(), name])
    setTyped("")
  }
  const left = () => props.models.filter(({ value }) => value !== model() && !next().includes(value))

  const submit = async () => {
    add(typed())
    const chain = { model: model().trim(), next: [...next()] }
    if (chain.model === "" || chain.next.length === 0) {
      saving.setErrors({
        ...(chain.model === "" ? { model: t("fallbacks.modelMissing") } : {}),
        ...(chain.next.length === 0 ? { next: t("fallbacks.nextMissing") } : {}),
      })
      return
    }
    const replaced = before?.model ?? (isTaken ? chain.model : undefined)
    const outcome = await saving.replace({
      make: ({ fallbacks }) =>
        fallbacks.some((one) => one.model === replaced)
          ? { fallbacks: fallbacks.map((one) => (one.model === replaced ? chain : one)) }
          : { fallbacks: [...fallbacks, chain] },
      about: ({ fallbacks }) => JSON.stringify(fallbacks.filter((one) => one.model === (before?.model ?? chain.model))),
    })
    if (outcome === "conflict") {
      isTaken = true
      saving.setErrors({ form: t("fallbacks.theirs") })
    }
    if (outcome !== "done") return
    showToast({ text: t("fallbacks.saved", chain.model) })
    props.onClose()
  }
  return (
    <DialogForm errors={saving.errors()} onSubmit={() => void submit()}>
      <DialogBody>
        <Field label={t("fallbacks.model")} error={saving.errors()["model"]}>
          {(control) => (
            <Combobox {...control()} value={model()} suggestions={props.models} onInput={(text) => setModel(text)} />
          )}
        </Field>
        <Field label={t("fallbacks.next")} hint={t("fallbacks.nextHint")} error={saving.errors()["next"]}>
          {(control) => (
            <div class="flex flex-col gap-2">
              <ol ref={order.setList} class="flex flex-col rounded-medium ring-1 ring-line empty:hidden">
                <For each={next()}>
                  {(name, index) => (
                    <li
                      class="flex items-center gap-1 border-line px-1 py-0.5 not-first:border-t"
                      classList={{ "bg-hover": order.dragged() === index() }}
                    >
                      <OrderHandle order={order} index={index()} />
                      <span class="min-w-0 flex-1 font-mono text-[0.8125rem] wrap-anywhere">{name}</span>
                      <OrderButtons order={order} index={index()} />
                      <Button
                        look="plain"
                        icon
                        aria-label={t("fallbacks.takeOut", name)}
                        title={t("fallbacks.takeOut", name)}
                        onClick={() => setNext(next().filter((one) => one !== name))}
                      >
                        <X />
                      </Button>
                    </li>
                  )}
                </For>
              </ol>
              <Combobox
                {...control()}
                value={typed()}
                suggestions={left()}
                placeholder={t("fallbacks.nextAdd")}
                onInput={setTyped}
                onChoose={({ value }) => add(value)}
                onEnter={() => add(typed())}
              />
              <Show when={typed().trim() !== ""}>
                <Button class="self-start" onClick={() => add(typed())}>
                  {t("fallbacks.nextAdd")}
                </Button>
              </Show>
            </div>
          )}
        </Field>
        <OrderTold order={order} />
        <ProblemNotice problem={saving.error()} />
      </DialogBody>
      <SubmitActions
        onCancel={() => props.onClose()}
        busy={saving.busy()}
        submit={t("fallbacks.save")}
        submitting={t("fallbacks.saving")}
      />
    </DialogForm>
  )
}
