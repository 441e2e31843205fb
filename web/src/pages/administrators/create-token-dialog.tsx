import { createEffect, createSignal, For, on } from "solid-js"
import { type AdminScope, createAdminTokenDocument } from "#generated/web/graphql.ts"
import { CodeBlock } from "../../components/code-block.tsx"
import { Dialog, DialogBody } from "../../components/dialog.tsx"
import { DialogForm } from "../../components/dialog-form.tsx"
import { Field } from "../../components/field.tsx"
import { ProblemNotice } from "../../components/problem-notice.tsx"
import { SubmitActions } from "../../components/submit-actions.tsx"
import { createMutation } from "../../graphql/create-mutation.ts"
import { Choices } from "./choices.tsx"
import { scopes } from "./create-administrators.ts"
import { OnceDialog } from "../../components/once-dialog.tsx"
import { useWords } from "./words.ts"

const expiryDays = [1, 7, 30, 90, 365] as const
const dayMs = 86_400_000

interface CreateTokenProps {
  open: boolean
  onClose: () => void
  onCreated: () => void
}

/** Asks what a token is for, what it may and until when; then shows it, once, with a command that proves it. */
export function CreateTokenDialog(props: CreateTokenProps) {
  const t = useWords()
  const mutation = createMutation(createAdminTokenDocument, ["name", "scope", "expiresAt"])
  const [name, setName] = createSignal("")
  const [scope, setScope] = createSignal<AdminScope>("READ")
  const [days, setDays] = createSignal("90")
  const [secret, setSecret] = createSignal<string>()
  createEffect(
    on(
      () => props.open,
      () => {
        setName("")
        setScope("READ")
        setDays("90")
        mutation.setErrors({})
      },
    ),
  )
  const submit = async () => {
    if (name().trim() === "") return mutation.setErrors({ name: t("token.nameMissing") })
    const expiresAt = days() === "" ? null : new Date(Date.now() + Number(days()) * dayMs).toISOString()
    const done = await mutation.run({ input: { name: name().trim(), scope: scope(), expiresAt } })
    if (done === undefined) return undefined
    props.onCreated()
    props.onClose()
    return setSecret(done.secret)
  }
  const command = () =>
    [
      `curl ${window.location.origin}/graphql \\`,
      `  -H 'authorization: Bearer ${secret() ?? ""}' \\`,
      "  -H 'content-type: application/json' \\",
      `  -d '{"query":"{ viewer { name scope } }"}'`,
    ].join("\n")
  return (
    <>
      <Dialog open={props.open} onClose={props.onClose} title={t("token.createTitle")} description={t("token.summary")}>
        <DialogForm errors={mutation.errors()} onSubmit={() => void submit()}>
          <DialogBody>
            <Field label={t("token.name")} hint={t("token.nameHint")} error={mutation.errors()["name"]}>
              {(control) => (
                <input
                  {...control()}
                  class="input"
                  autocomplete="off"
                  value={name()}
                  onInput={(event) => setName(event.currentTarget.value)}
                />
              )}
            </Field>
            <Choices
              label={t("token.scope")}
              values={scopes}
              value={scope()}
              name={(value) => t(`token.${value}`)}
              hint={(value) => t(`token.${value}_hint`)}
              error={mutation.errors()["scope"]}
              onChange={setScope}
            />
            <Field label={t("token.expiry")} error={mutation.errors()["expiresAt"]}>
              {(control) => (
                <select {...control()} class="input" onChange={(event) => setDays(event.currentTarget.value)}>
                  <For each={expiryDays}>
                    {(count) => (
                      <option value={count} selected={days() === String(count)}>
                        {t("token.days", count)}
                      </option>
                    )}
                  </For>
                  <option value="" selected={days() === ""}>
                    {t("token.expiresNever")}
                  </option>
                </select>
              )}
            </Field>
            <ProblemNotice problem={mutation.error()} />
          </DialogBody>
          <SubmitActions
            onCancel={() => props.onClose()}
            busy={mutation.busy()}
            submit={t("token.submit")}
            submitting={t("token.submitting")}
          />
        </DialogForm>
      </Dialog>
      <OnceDialog
        title={t("token.createdTitle")}
        description={t("token.once")}
        secret={secret()}
        label={t("token.secret")}
        copyLabel={t("token.copySecret")}
        onDone={() => setSecret(undefined)}
      >
        <section class="flex flex-col gap-2">
          <h3 class="font-semibold">{t("token.tryIt")}</h3>
          <CodeBlock text={command()} label={t("token.command")} copyLabel={t("token.copyCommand")} />
        </section>
      </OnceDialog>
    </>
  )
}
