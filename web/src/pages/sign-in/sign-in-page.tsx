/** The way in: one password, and behind it the field that gave the project its name. */
import { createEffect, createSignal, onMount, Show } from "solid-js"
import { signInDocument } from "#generated/web/graphql.ts"
import { Appearance } from "../../components/appearance.tsx"
import { Button } from "../../components/button.tsx"
import { Field } from "../../components/field.tsx"
import { Mark } from "../../components/mark.tsx"
import { sentenceOf } from "../../graphql/failure.ts"
import { useI18n } from "../../i18n/i18n.tsx"
import { usePanel } from "../../panel.tsx"
import { LagrangeField } from "./lagrange-field.tsx"
import { useWords } from "./words.ts"

export default function SignInPage() {
  const t = useWords()
  createEffect(() => (document.title = `${t("signIn.title")} · ${t("app.name")}`))
  return (
    <div class="relative isolate flex min-h-dvh flex-col overflow-hidden">
      <LagrangeField class="pointer-events-none absolute top-1/2 left-1/2 -z-10 w-[max(62rem,128vmin)] -translate-1/2 lg:left-[62%]" />
      <div class="flex justify-end p-3">
        <Appearance />
      </div>
      <main class="flex flex-1 items-center justify-center px-4 pb-24 lg:justify-start lg:pl-[11vw]">
        <div class="card w-full max-w-[23rem] p-6 shadow-float! sm:p-8">
          <div class="mb-6 flex flex-col gap-4">
            <Mark class="size-9" />
            <div>
              <h1 class="text-xl font-semibold">{t("app.name")}</h1>
              <p class="mt-0.5 text-soft">{t("app.tagline")}</p>
            </div>
          </div>
          <SignInForm />
        </div>
      </main>
    </div>
  )
}

function SignInForm() {
  const t = useWords()
  const i18n = useI18n()
  const { client, session } = usePanel()
  const [name, setName] = createSignal("admin")
  const [password, setPassword] = createSignal("")
  const [error, setError] = createSignal<string>()
  const [busy, setBusy] = createSignal(false)
  let input: HTMLInputElement | undefined
  onMount(() => input?.focus())

  const hasEnded = () => {
    const state = session.state()
    return state.type === "signed-out" && state.ended
  }
  const submit = async () => {
    if (busy()) return
    if (password() === "") {
      setError(t("signIn.passwordMissing"))
      return
    }
    setBusy(true)
    setError(undefined)
    const result = await client
      .mutation(signInDocument, { name: name(), password: password() }, { asksSession: true })
      .toPromise()
    setBusy(false)
    const outcome = result.data?.signIn
    if (outcome?.__typename === "SignInSuccess") {
      session.signedIn(outcome.viewer)
      return
    }
    setError(outcome ? i18n.said(outcome.message) : sentenceOf(result.error, i18n))
    input?.select()
  }

  return (
    <form
      class="flex flex-col gap-5"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      <Show when={hasEnded()}>
        <p role="status" class="notice tone-hand px-3 py-2 text-[0.8125rem]">
          {t("signIn.ended")}
        </p>
      </Show>
      <Field label={t("signIn.name")}>
        {(control) => (
          <input
            {...control()}
            name="username"
            class="input"
            autocomplete="username"
            autocapitalize="off"
            spellcheck={false}
            value={name()}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        )}
      </Field>
      <Field label={t("signIn.password")} hint={t("signIn.passwordHint")} error={error()}>
        {(control) => (
          <input
            {...control()}
            ref={(element) => (input = element)}
            type="password"
            name="password"
            class="input"
            autocomplete="current-password"
            value={password()}
            onInput={(event) => setPassword(event.currentTarget.value)}
          />
        )}
      </Field>
      <Button look="primary" type="submit" class="min-h-10" disabled={busy()}>
        {busy() ? t("signIn.submitting") : t("signIn.submit")}
      </Button>
    </form>
  )
}
