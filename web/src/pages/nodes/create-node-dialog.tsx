import { createSignal, Show } from "solid-js"
import { createNodeDocument } from "#generated/web/graphql.ts"
import { Button } from "../../components/button.tsx"
import { CodeBlock } from "../../components/code-block.tsx"
import { Dialog, DialogActions, DialogBody } from "../../components/dialog.tsx"
import { Field } from "../../components/field.tsx"
import { ProblemNotice } from "../../components/problem-notice.tsx"
import { SecretText } from "../../components/secret-text.tsx"
import { SubmitActions } from "../../components/submit-actions.tsx"
import { createMutation } from "../../graphql/create-mutation.ts"
import { useWords } from "./words.ts"

/** Lets another data plane link: asks for its name, then shows its token this once, with what to set on its machine. */
export function CreateNodeDialog(props: { open: boolean; onClose: () => void; onCreated: () => void }) {
  const t = useWords()
  const mutation = createMutation(createNodeDocument, ["name"])
  const [name, setName] = createSignal("")
  const [token, setToken] = createSignal<string>()
  const close = () => {
    setToken(undefined)
    setName("")
    mutation.setErrors({})
    props.onClose()
  }
  const submit = async () => {
    if (name().trim() === "") return mutation.setErrors({ name: t("createNode.nameMissing") })
    const done = await mutation.run({ input: { name: name().trim() } })
    if (done === undefined) return undefined
    setToken(done.linkToken)
    return props.onCreated()
  }
  const lines = (secret: string) => `CONTROL_URL=${window.location.origin}\nLINK_TOKEN=${secret}`
  return (
    <Dialog
      open={props.open}
      onClose={close}
      title={token() === undefined ? t("createNode.title") : t("createNode.createdTitle", name())}
      description={token() === undefined ? t("createNode.hint") : t("createNode.once")}
      holds={token() !== undefined}
    >
      <Show
        when={token()}
        fallback={
          <form
            onSubmit={(event) => {
              event.preventDefault()
              void submit()
            }}
          >
            <DialogBody>
              <Field label={t("createNode.name")} hint={t("createNode.nameHint")} error={mutation.errors()["name"]}>
                {(control) => (
                  <input
                    {...control()}
                    class="input"
                    value={name()}
                    autocomplete="off"
                    onInput={(event) => setName(event.currentTarget.value)}
                  />
                )}
              </Field>
              <ProblemNotice problem={mutation.error()} />
            </DialogBody>
            <SubmitActions
              onCancel={close}
              busy={mutation.busy()}
              submit={t("createNode.submit")}
              submitting={t("createNode.submitting")}
            />
          </form>
        }
      >
        {(secret) => (
          <>
            <DialogBody>
              <SecretText text={secret()} label={t("createNode.token")} copyLabel={t("createNode.copyToken")} />
              <p class="text-[0.8125rem] text-soft">{t("createNode.next")}</p>
              <CodeBlock
                text={lines(secret())}
                label={t("createNode.environment")}
                copyLabel={t("createNode.copyEnvironment")}
                title={t("createNode.environment")}
              />
              <p class="text-xs text-faint">{t("createNode.address")}</p>
            </DialogBody>
            <DialogActions>
              <Button look="primary" onClick={close}>
                {t("action.done")}
              </Button>
            </DialogActions>
          </>
        )}
      </Show>
    </Dialog>
  )
}
