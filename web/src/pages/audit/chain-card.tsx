import ShieldAlert from "lucide-solid/icons/shield-alert"
import ShieldCheck from "lucide-solid/icons/shield-check"
import { createSignal, For, Show } from "solid-js"
import { verifyAuditChainDocument, type VerifyAuditChainQuery } from "#generated/web/graphql.ts"
import { Button } from "../../components/button.tsx"
import { CopyButton } from "../../components/copy-button.tsx"
import { ProblemNotice } from "../../components/problem-notice.tsx"
import { sentenceOf } from "../../graphql/failure.ts"
import { createFormat, useI18n } from "../../i18n/i18n.tsx"
import { usePanel } from "../../panel.tsx"
import { useWords } from "./words.ts"

type Verification = VerifyAuditChainQuery["verifyAuditChain"]

interface Progress {
  readonly checked: number
  readonly faults: Verification["faults"]
  /** Absent while it goes on. */
  readonly end?: Verification
}

/** Looks at the whole chain, part after part, and says what was found. */
export function ChainCard() {
  const t = useWords()
  const i18n = useI18n()
  const format = createFormat()
  const { client } = usePanel()
  const [progress, setProgress] = createSignal<Progress>()
  const [problem, setProblem] = createSignal<string>()
  const isBusy = () => progress() !== undefined && progress()?.end === undefined && problem() === undefined

  const verify = async () => {
    setProblem(undefined)
    let found: Progress = { checked: 0, faults: [] }
    setProgress(found)
    for (let after: string | null | undefined; ;) {
      // eslint-disable-next-line no-await-in-loop -- each part goes on where the one before ended
      const result = await client.query(verifyAuditChainDocument, { after }).toPromise()
      const part = result.data?.verifyAuditChain
      if (part === undefined) {
        setProblem(sentenceOf(result.error, i18n))
        return
      }
      const isEnd = part.goOnAfter === null
      found = {
        checked: found.checked + part.checked,
        faults: [...found.faults, ...part.faults],
        ...(isEnd ? { end: part } : {}),
      }
      setProgress(found)
      if (isEnd) return
      after = part.goOnAfter
    }
  }
  return (
    <section class="card flex flex-col gap-3 p-4.5" aria-labelledby="chain">
      <div class="flex flex-wrap items-center gap-x-6 gap-y-3">
        <div class="min-w-0 flex-1 basis-72">
          <h2 id="chain" class="text-[0.9375rem] font-semibold">
            {t("chain.title")}
          </h2>
          <p class="text-[0.8125rem] text-soft">{t("chain.hint")}</p>
        </div>
        <p role="status" class="flex items-center gap-2 text-[0.8125rem] font-medium empty:hidden">
          <Show when={isBusy()}>{t("chain.checking", format.number(progress()?.checked))}</Show>
          <Show when={progress()?.end !== undefined && progress()}>
            {(done) => (
              <Show
                when={done().faults.length > 0}
                fallback={
                  <span class="tone-good flex items-center gap-1.5 text-tone">
                    <ShieldCheck class="size-4" aria-hidden="true" />
                    {t("chain.whole", format.number(done().checked))}
                  </span>
                }
              >
                <span class="tone-bad flex items-center gap-1.5 text-tone">
                  <ShieldAlert class="size-4" aria-hidden="true" />
                  {t("chain.broken", format.number(done().faults.length))}
                </span>
              </Show>
            )}
          </Show>
        </p>
        <Button disabled={isBusy()} onClick={() => void verify()}>
          {t(progress()?.end === undefined ? "chain.verify" : "chain.again")}
        </Button>
      </div>
      <ProblemNotice problem={problem()} />
      <Show when={progress()?.end}>{(end) => <Found end={end()} faults={progress()?.faults ?? []} />}</Show>
    </section>
  )
}

function Found(props: { end: Verification; faults: Verification["faults"] }) {
  const t = useWords()
  return (
    <div class="flex flex-col gap-2 border-t border-line pt-3 text-[0.8125rem]">
      <Show when={props.faults.length > 0}>
        <ul class="notice tone-bad flex flex-col gap-1 px-3 py-2">
          <For each={props.faults}>
            {({ kind, from, to }) => (
              <li>
                {t(`chain.${kind}`)}: {t("chain.range", from, to)}
              </li>
            )}
          </For>
        </ul>
      </Show>
      <p class="text-faint">{t("chain.newest", props.end.newestSequence)}</p>
      <span class="flex items-start gap-2">
        <code class="min-w-0 flex-1 font-mono text-xs wrap-anywhere">{props.end.newestHash}</code>
        <CopyButton text={props.end.newestHash} label={t("audit.copyHash")} />
      </span>
      <Show when={props.end.forgottenUntil}>
        {(sequence) => <p class="text-faint">{t("chain.forgotten", sequence())}</p>}
      </Show>
    </div>
  )
}
