import { createSignal, Match, onCleanup, Show, Switch } from "solid-js"
import { importAccountsDocument, type ImportAccountsMutation } from "#generated/web/graphql.ts"
import { Button } from "../../../components/button.tsx"
import { DialogActions, DialogBody } from "../../../components/dialog.tsx"
import { DialogForm } from "../../../components/dialog-form.tsx"
import { ProblemNotice } from "../../../components/problem-notice.tsx"
import { SubmitActions } from "../../../components/submit-actions.tsx"
import { createMutation, type Errors, type Success } from "../../../graphql/create-mutation.ts"
import { useI18n } from "../../../i18n/i18n.tsx"
import { Terms } from "../add/terms.tsx"
import { DocumentFields, emptyDocument, type ImportDocument, textOf } from "./document-fields.tsx"
import { ImportReport } from "./import-report.tsx"
import { useWords } from "./words.ts"

interface ImportFormProps {
  onClose: () => void
  /** Accounts were written. */
  onImported: () => void
  /** Something is in the form that a slip of the hand would lose. */
  onHolds: (holds: boolean) => void
}

export type Report = Success<ImportAccountsMutation>

/**
 * Takes accounts from a document in two steps: first what would become of each row, then the same for real. What was given stays
 * until it is done, whatever goes wrong, and lives no longer than the dialog.
 */
export function ImportForm(props: ImportFormProps) {
  const t = useWords()
  const { t: common } = useI18n()
  const [given, setGiven] = createSignal<ImportDocument>(emptyDocument)
  const [plan, setPlan] = createSignal<Report>()
  const [result, setResult] = createSignal<Report>()
  const [acknowledged, setAcknowledged] = createSignal(false)
  const [missing, setMissing] = createSignal<Errors>({})
  const mutation = createMutation(importAccountsDocument, ["document", "passphrase", "acknowledgedTerms"])
  const errors = (): Errors => ({ ...mutation.errors(), ...missing() })
  onCleanup(() => props.onHolds(false))

  const run = (dryRun: boolean) => {
    const { passphrase, replaceCredentials } = given()
    return mutation.run({
      input: {
        document: textOf(given()),
        dryRun,
        acknowledgedTerms: !dryRun,
        ...(passphrase === "" ? {} : { passphrase }),
        ...(replaceCredentials ? { replaceCredentials } : {}),
      },
    })
  }
  const change = (part: Partial<ImportDocument>) => {
    setGiven((before) => ({ ...before, ...part }))
    props.onHolds(textOf(given()) !== "")
  }
  const check = async () => {
    const isEmpty = textOf(given()).trim() === ""
    setMissing(isEmpty ? { document: t("importAccounts.missing") } : {})
    if (isEmpty) return
    const done = await run(true)
    if (done !== undefined) setPlan(done)
  }
  const take = async () => {
    setMissing(acknowledged() ? {} : { acknowledgedTerms: t("importAccounts.acknowledgeMissing") })
    if (!acknowledged()) return
    const done = await run(false)
    if (done === undefined) return
    setResult(done)
    props.onHolds(false)
    props.onImported()
  }
  const startAgain = () => {
    setGiven(emptyDocument)
    setPlan(undefined)
    setResult(undefined)
    setAcknowledged(false)
  }
  const takenCount = () =>
    (plan()?.counts ?? []).reduce(
      (sum, { outcome, rows }) => (outcome === "WOULD_ADD" || outcome === "WOULD_UPDATE" ? sum + rows : sum),
      0,
    )

  return (
    <DialogForm errors={errors()} onSubmit={() => void (plan() === undefined ? check() : take())}>
      <Switch>
        <Match when={result()}>
          {(report) => (
            <>
              <DialogBody>
                <ImportReport report={report()} intro={t("importAccounts.done")} />
              </DialogBody>
              <DialogActions>
                <Button onClick={startAgain}>{t("importAccounts.again")}</Button>
                <Button look="primary" onClick={() => props.onClose()}>
                  {common("action.done")}
                </Button>
              </DialogActions>
            </>
          )}
        </Match>
        <Match when={plan()}>
          {(report) => (
            <>
              <DialogBody>
                <ImportReport report={report()} intro={t("importAccounts.dryRun")} />
                <Show
                  when={takenCount() > 0}
                  fallback={<p class="notice tone-quiet px-3.5 py-2.5">{t("importAccounts.nothing")}</p>}
                >
                  <Terms
                    acknowledged={acknowledged()}
                    onAcknowledge={setAcknowledged}
                    error={errors()["acknowledgedTerms"]}
                  />
                </Show>
                {/* What is about the document is told here too: nobody looks at its field any more. */}
                <ProblemNotice problem={errors()["form"] ?? errors()["document"] ?? errors()["passphrase"]} />
              </DialogBody>
              <DialogActions>
                <Button
                  onClick={() => {
                    setPlan(undefined)
                    mutation.setErrors({})
                    setMissing({})
                  }}
                >
                  {t("importAccounts.back")}
                </Button>
                <Show when={takenCount() > 0}>
                  <Button look="primary" type="submit" disabled={mutation.busy()}>
                    {mutation.busy() ? t("importAccounts.submitting") : t("importAccounts.submit", takenCount())}
                  </Button>
                </Show>
              </DialogActions>
            </>
          )}
        </Match>
        <Match when={true}>
          <DialogBody>
            <DocumentFields given={given()} onChange={change} errors={errors()} />
            <ProblemNotice problem={errors()["form"]} />
          </DialogBody>
          <SubmitActions
            onCancel={() => props.onClose()}
            busy={mutation.busy()}
            submit={t("importAccounts.check")}
            submitting={t("importAccounts.checking")}
          />
        </Match>
      </Switch>
    </DialogForm>
  )
}
