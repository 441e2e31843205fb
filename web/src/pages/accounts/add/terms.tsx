import TriangleAlert from "lucide-solid/icons/triangle-alert"
import { createResource, createUniqueId, Match, Show, Switch } from "solid-js"
import { termsNoticeDocument } from "#generated/web/graphql.ts"
import { useI18n } from "../../../i18n/i18n.tsx"
import { usePanel } from "../../../panel.tsx"
import { useWords } from "../words.ts"

interface TermsProps {
  acknowledged: boolean
  onAcknowledge: (acknowledged: boolean) => void
  error: string | undefined
}

/** The terms notice and the box that confirms it was read; without the notice there is nothing to confirm. */
export function Terms(props: TermsProps) {
  const t = useWords()
  const { said } = useI18n()
  const { client } = usePanel()
  const id = createUniqueId()
  const [notice] = createResource(async () => {
    const result = await client.query(termsNoticeDocument, { kind: "ANTIGRAVITY" }).toPromise()
    return { text: result.data?.termsNotice }
  })
  return (
    <section class="notice tone-hand flex flex-col gap-3 p-4" aria-labelledby={`${id}-title`}>
      <h3 id={`${id}-title`} class="flex items-center gap-2 font-semibold">
        <TriangleAlert class="size-4 flex-none" aria-hidden="true" />
        {t("addAccount.notice")}
      </h3>
      <Switch>
        <Match when={notice.loading}>
          <p>{t("addAccount.noticeLoading")}</p>
        </Match>
        <Match when={notice()?.text}>
          {(text) => (
            <>
              <p id={`${id}-text`} class="text-[0.8125rem] whitespace-pre-line text-ink wrap-anywhere">
                {said(text())}
              </p>
              <label class="flex items-start gap-2.5 font-medium text-ink">
                <input
                  type="checkbox"
                  class="checkbox mt-0.5"
                  aria-describedby={`${id}-text`}
                  aria-invalid={props.error === undefined ? undefined : "true"}
                  checked={props.acknowledged}
                  onChange={(event) => props.onAcknowledge(event.currentTarget.checked)}
                />
                {t("addAccount.acknowledge")}
              </label>
              <Show when={props.error}>
                {(error) => (
                  <p role="alert" class="tone-bad text-[0.8125rem] text-tone">
                    {error()}
                  </p>
                )}
              </Show>
            </>
          )}
        </Match>
        <Match when={true}>
          <p role="alert">{t("addAccount.noticeFailed")}</p>
        </Match>
      </Switch>
    </section>
  )
}
