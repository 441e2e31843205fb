import { A } from "@solidjs/router"
import { type JSX, Show } from "solid-js"
import { Badge } from "../../components/badge.tsx"
import { CopyButton } from "../../components/copy-button.tsx"
import { Fact } from "../../components/fact.tsx"
import { Tooltip } from "../../components/tooltip.tsx"
import { createFormat } from "../../i18n/i18n.tsx"
import { useNames } from "../../i18n/names.ts"
import { dialectLabels } from "../../lib/dialects.ts"
import type { RequestRecord } from "./create-record.ts"
import { outcomeTones } from "./outcome-tones.ts"
import { useWords } from "./words.ts"

/** What a request was and what it came to, in figures. */
export function RequestFacts(props: { record: RequestRecord }) {
  const t = useWords()
  const names = useNames()
  const format = createFormat()
  const record = () => props.record
  const model = () => record().model ?? record().requestedModel ?? "–"
  const asked = () => (record().requestedModel === model() ? null : record().requestedModel)
  return (
    <div class="card flex flex-col gap-4 p-4.5">
      <div class="flex flex-wrap items-center gap-x-3 gap-y-2">
        <Badge tone={outcomeTones[record().outcome]} label={names("outcome", record().outcome)} />
        <span class="text-xs text-faint tabular-nums">HTTP {record().status}</span>
        <span class="font-medium wrap-anywhere">{model()}</span>
        <Show when={asked()}>{(name) => <span class="text-xs text-faint wrap-anywhere">← {name()}</span>}</Show>
        <span class="ml-auto flex flex-wrap items-center gap-2">
          <code class="font-mono text-xs text-soft wrap-anywhere">{record().id}</code>
          <CopyButton text={record().id} label={t("detail.copyId")} />
        </span>
      </div>
      <dl class="grid grid-cols-2 gap-x-4 gap-y-3 tabular-nums sm:grid-cols-[repeat(auto-fill,minmax(9rem,1fr))]">
        <Fact name={t("detail.began")}>
          <time dateTime={record().startedAt} title={format.relative(record().startedAt)}>
            {format.exact(record().startedAt)}
          </time>
        </Fact>
        <Fact name={t("requests.duration")}>{format.duration(record().durationMs)}</Fact>
        <Fact name={t("requests.firstContent")}>{format.duration(record().firstContentMs)}</Fact>
        <Fact name={<Tooltip text={t("detail.ownMeans")}>{t("detail.own")}</Tooltip>}>
          {format.microseconds(record().overheadUs)}
        </Fact>
        <Fact name={t("detail.inputTokens")}>
          {format.number(record().inputTokens)}
          <Note when={record().cachedInputTokens}>
            {t("detail.cachedTokens", format.number(record().cachedInputTokens))}
          </Note>
        </Fact>
        <Fact name={t("detail.outputTokens")}>
          {format.number(record().outputTokens)}
          <Note when={record().reasoningTokens}>
            {t("detail.thinkingTokens", format.number(record().reasoningTokens))}
          </Note>
        </Fact>
        <Fact name={t("filter.name.key")}>
          <Show when={record().apiKey} fallback={<span class="text-faint">{t("detail.noKey")}</span>}>
            {(key) => (
              <A href={`/requests?key=${key().id}`} class="wrap-anywhere hover:underline">
                {key().name}
              </A>
            )}
          </Show>
        </Fact>
        <Fact name={t("filter.name.dialect")}>
          <Show when={record().dialect} fallback="–">
            {(dialect) => dialectLabels[dialect()]}
          </Show>
          <Note when={true}>{t(record().stream ? "detail.streamed" : "detail.whole")}</Note>
        </Fact>
        <Show when={record().finishReason}>
          {(reason) => (
            <Fact name={t("detail.finish")}>
              <code class="font-mono text-xs">{reason()}</code>
            </Fact>
          )}
        </Show>
        <Show when={record().conversation}>
          {(conversation) => (
            <Fact name={t("detail.conversation")}>
              <A href={`/requests?conversation=${conversation().id}`} class="hover:underline">
                {t("detail.turns")}
              </A>
              <Show when={conversation().home}>
                {(home) => <Note when={true}>{t("detail.livesOn", home().label)}</Note>}
              </Show>
            </Fact>
          )}
        </Show>
        <Show when={record().route}>{(route) => <RouteFact route={route()} />}</Show>
        <Show when={record().replayOf}>
          {(first) => (
            <Fact name={t("detail.replayOf")}>
              <A href={`/requests/${first()}`} class="font-mono text-xs wrap-anywhere hover:underline">
                {first()}
              </A>
            </Fact>
          )}
        </Show>
        <Show when={record().playgroundBy}>{(name) => <Fact name={t("detail.playground")}>{name()}</Fact>}</Show>
      </dl>
    </div>
  )
}

/** What the operator's routing did with it. */
function RouteFact(props: { route: NonNullable<RequestRecord["route"]> }) {
  const t = useWords()
  const names = useNames()
  const parts = () => [
    ...(props.route.accountTags.length === 0 ? [] : [t("detail.routeTags", props.route.accountTags.join(", "))]),
    ...(props.route.strategy === null ? [] : [names("strategy", props.route.strategy)]),
    ...props.route.fallbacks.map(({ from, to, because }) =>
      t("detail.routeFallback", from, to, names("errorCode", because)),
    ),
  ]
  return (
    <Fact name={t("detail.route")}>
      <span class="wrap-anywhere">{props.route.rule ?? "–"}</span>
      <Note when={parts().length > 0}>{parts().join(" · ")}</Note>
    </Fact>
  )
}

function Note(props: { when: unknown; children: JSX.Element }) {
  return (
    <Show when={props.when}>
      <span class="block text-xs text-faint wrap-anywhere">{props.children}</span>
    </Show>
  )
}
