/** What is done to an administrator: added, changed, given another password, removed. */
import { createEffect, createSignal, on } from "solid-js"
import { createAdministratorDocument, removeAdministratorDocument } from "#generated/web/graphql.ts"
import { type AdministratorRole, resetPasswordDocument, updateAdministratorDocument } from "#generated/web/graphql.ts"
import { Dialog, DialogBody } from "../../components/dialog.tsx"
import { DialogForm } from "../../components/dialog-form.tsx"
import { Field } from "../../components/field.tsx"
import { ProblemNotice } from "../../components/problem-notice.tsx"
import { SubmitActions } from "../../components/submit-actions.tsx"
import { Switch } from "../../components/switch.tsx"
import { showToast } from "../../components/toast.tsx"
import { createMutation } from "../../graphql/create-mutation.ts"
import { Choices } from "./choices.tsx"
import { type Administrator, roles } from "./create-administrators.ts"
import { MutationDialog } from "../../components/mutation-dialog.tsx"
import { OnceDialog } from "../../components/once-dialog.tsx"
import { useWords } from "./words.ts"

interface DoneProps {
  onClose: () => void
  onDone: () => void
}

interface PasswordFieldProps {
  value: string
  error: string | undefined
  onInput: (value: string) => void
}

function PasswordField(props: PasswordFieldProps) {
  const t = useWords()
  return (
    <Field label={t("person.password")} hint={t("person.passwordHint")} error={props.error} optional>
      {(control) => (
        <input
          {...control()}
          type="password"
          class="input"
          autocomplete="new-password"
          value={props.value}
          onInput={(event) => props.onInput(event.currentTarget.value)}
        />
      )}
    </Field>
  )
}

export function CreatePersonDialog(props: DoneProps & { open: boolean }) {
  const t = useWords()
  const mutation = createMutation(createAdministratorDocument, ["name", "password", "role"])
  const [name, setName] = createSignal("")
  const [password, setPassword] = createSignal("")
  const [role, setRole] = createSignal<AdministratorRole>("VIEWER")
  const [generated, setGenerated] = createSignal<{ name: string; password: string }>()
  createEffect(
    on(
      () => props.open,
      () => {
        setName("")
        setPassword("")
        setRole("VIEWER")
        mutation.setErrors({})
      },
    ),
  )
  const submit = async () => {
    if (name().trim() === "") return mutation.setErrors({ name: t("person.nameMissing") })
    const input = { name: name().trim(), role: role(), password: password() === "" ? null : password() }
    const done = await mutation.run({ input })
    if (done === undefined) return undefined
    props.onDone()
    props.onClose()
    if (done.password === null) showToast({ text: t("person.createdTitle", done.administrator.name) })
    else setGenerated({ name: done.administrator.name, password: done.password })
    return undefined
  }
  return (
    <>
      <Dialog open={props.open} onClose={props.onClose} title={t("person.createTitle")}>
        <DialogForm errors={mutation.errors()} onSubmit={() => void submit()}>
          <DialogBody>
            <NameField value={name()} isNew error={mutation.errors()["name"]} onInput={setName} />
            <RoleChoices value={role()} onChange={setRole} error={mutation.errors()["role"]} />
            <PasswordField value={password()} error={mutation.errors()["password"]} onInput={setPassword} />
            <ProblemNotice problem={mutation.error()} />
          </DialogBody>
          <SubmitActions
            onCancel={() => props.onClose()}
            busy={mutation.busy()}
            submit={t("person.submitCreate")}
            submitting={t("person.creating")}
          />
        </DialogForm>
      </Dialog>
      <GeneratedDialog
        title={t("person.createdTitle", generated()?.name ?? "")}
        password={generated()?.password}
        onDone={() => setGenerated(undefined)}
      />
    </>
  )
}

interface NameFieldProps {
  value: string
  error: string | undefined
  onInput: (name: string) => void
  /** Says what a name may be. */
  isNew?: boolean
}

function NameField(props: NameFieldProps) {
  const t = useWords()
  return (
    <Field
      label={t("person.name")}
      error={props.error}
      {...(props.isNew === true ? { hint: t("person.nameHint") } : {})}
    >
      {(control) => (
        <input
          {...control()}
          class="input"
          autocomplete="off"
          spellcheck={false}
          value={props.value}
          onInput={(event) => props.onInput(event.currentTarget.value)}
        />
      )}
    </Field>
  )
}

/** Shows a password that was made here, once. */
function GeneratedDialog(props: { title: string; password: string | undefined; onDone: () => void }) {
  const t = useWords()
  return (
    <OnceDialog
      title={props.title}
      description={t("person.once")}
      secret={props.password}
      label={t("person.generated")}
      copyLabel={t("person.copyPassword")}
      onDone={props.onDone}
    />
  )
}

interface RoleChoicesProps {
  value: AdministratorRole
  error: string | undefined
  onChange: (role: AdministratorRole) => void
}

function RoleChoices(props: RoleChoicesProps) {
  const t = useWords()
  return (
    <Choices
      label={t("person.role")}
      values={roles}
      value={props.value}
      name={(role) => t(`administrators.${role}`)}
      hint={(role) => t(`administrators.${role}_hint`)}
      error={props.error}
      onChange={props.onChange}
    />
  )
}

export function EditPersonDialog(props: DoneProps & { person: Administrator | undefined }) {
  const t = useWords()
  const mutation = createMutation(updateAdministratorDocument, ["name", "role", "enabled"])
  const [name, setName] = createSignal("")
  const [role, setRole] = createSignal<AdministratorRole>("VIEWER")
  const [enabled, setEnabled] = createSignal(true)
  createEffect(
    on(
      () => props.person,
      (person) => {
        if (person === undefined) return
        setName(person.name)
        setRole(person.role)
        setEnabled(person.enabled)
        mutation.setErrors({})
      },
    ),
  )
  const submit = async () => {
    const { person } = props
    if (person === undefined) return undefined
    if (name().trim() === "") return mutation.setErrors({ name: t("person.nameMissing") })
    const input = {
      ...(name().trim() === person.name ? {} : { name: name().trim() }),
      ...(role() === person.role ? {} : { role: role() }),
      ...(enabled() === person.enabled ? {} : { enabled: enabled() }),
    }
    if (Object.keys(input).length > 0) {
      if ((await mutation.run({ id: person.id, input })) === undefined) return undefined
      props.onDone()
    }
    return props.onClose()
  }
  return (
    <Dialog
      open={props.person !== undefined}
      onClose={props.onClose}
      title={t("person.editTitle", props.person?.name ?? "")}
      description={t("person.roleHint")}
    >
      <DialogForm errors={mutation.errors()} onSubmit={() => void submit()}>
        <DialogBody>
          <NameField value={name()} error={mutation.errors()["name"]} onInput={setName} />
          <RoleChoices value={role()} onChange={setRole} error={mutation.errors()["role"]} />
          <div class="flex flex-col gap-1">
            <Switch checked={enabled()} label={t("person.enabled")} onChange={setEnabled} />
            <p class="text-xs text-faint">{t("person.enabledHint")}</p>
          </div>
          <ProblemNotice problem={mutation.error() ?? mutation.errors()["enabled"]} />
        </DialogBody>
        <SubmitActions
          onCancel={() => props.onClose()}
          busy={mutation.busy()}
          submit={t("person.submitEdit")}
          submitting={t("person.editing")}
        />
      </DialogForm>
    </Dialog>
  )
}

export function ResetPasswordDialog(props: DoneProps & { person: Administrator | undefined }) {
  const t = useWords()
  const mutation = createMutation(resetPasswordDocument, ["password"])
  const [password, setPassword] = createSignal("")
  const [generated, setGenerated] = createSignal<{ name: string; password: string }>()
  createEffect(
    on(
      () => props.person,
      () => {
        setPassword("")
        mutation.setErrors({})
      },
    ),
  )
  const submit = async () => {
    if (props.person === undefined) return
    const variables = { id: props.person.id, password: password() === "" ? null : password() }
    const done = await mutation.run(variables)
    if (done === undefined) return
    props.onDone()
    props.onClose()
    if (done.password === null) showToast({ text: t("person.resetDone", done.administrator.name) })
    else setGenerated({ name: done.administrator.name, password: done.password })
  }
  return (
    <>
      <Dialog
        open={props.person !== undefined}
        onClose={props.onClose}
        title={t("person.resetTitle", props.person?.name ?? "")}
        description={t("person.resetHint")}
      >
        <DialogForm errors={mutation.errors()} onSubmit={() => void submit()}>
          <DialogBody>
            <PasswordField value={password()} error={mutation.errors()["password"]} onInput={setPassword} />
            <ProblemNotice problem={mutation.error()} />
          </DialogBody>
          <SubmitActions
            onCancel={() => props.onClose()}
            busy={mutation.busy()}
            submit={t("person.resetSubmit")}
            submitting={t("person.resetting")}
          />
        </DialogForm>
      </Dialog>
      <GeneratedDialog
        title={t("person.resetDone", generated()?.name ?? "")}
        password={generated()?.password}
        onDone={() => setGenerated(undefined)}
      />
    </>
  )
}

export function RemovePersonDialog(props: DoneProps & { person: Administrator | undefined }) {
  const t = useWords()
  return (
    <MutationDialog
      about={props.person}
      document={removeAdministratorDocument}
      variables={({ id }) => ({ id })}
      title={({ name }) => t("person.removeTitle", name)}
      description={() => t("person.removeHint")}
      typed={({ name }) => name}
      submit={t("person.removeSubmit")}
      submitting={t("person.removing")}
      onDone={(_, { name }) => {
        showToast({ text: t("person.removed", name) })
        props.onDone()
      }}
      onClose={props.onClose}
    />
  )
}
