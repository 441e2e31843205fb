import { A } from "@solidjs/router"
import { createEffect, createSignal, For, Match, on, Show, Switch } from "solid-js"
import { alertDocument, type AlertQuery } from "#generated/web/graphql.ts"
import { Badge, type Tone } from "../../components/badge.tsx"
import { Dialog, DialogBody } from "../../components/dialog.tsx"
import { EvidenceDetail } from "../../components/evidence-detail.tsx"
import { ErrorView } from "../../components/states.tsx"
import { problemOf, type Problem } from "../../graphql/failure.ts"
import { createFormat, useI18n } from "../../i18n/i18n.tsx"
import { usePanel } from "../../panel.tsx"
import { evidencePlace } from "./evidence-place.ts"
import { useAlertWords } from "./use-alert-words.ts"
import { useWords } from "./words.ts"

type Detail = NonNullable<AlertQuery["alert"]>
type Delivery = Detail["deliveries"][number]

interface AlertDialogProps {
  /** As it stands in the address. */
  id: string | undefined
  /** Of an alert something was told: when it is this one it is read again. */
  told: { readonly id: string } | undefined
  onClose: () => void
}

/** One alert whole: what it is about, and what became of each message about it. */
export function AlertDialog(props: AlertDialogProps) {
  const t = useWords()
  const words = useAlertWords()
  const { client } = usePanel()
  const [detail, setDetail] = createSignal<Detail | null>()
  const [problem, setProblem] = createSignal<Problem>()
  const read = async () => {
    const { id } = props
    if (id === undefined) return
    const result = await client.query(alertDocument, { id }).toPromise()
    if (props.id !== id) return
    if (result.data === undefined) {
      setProblem(result.error === undefined ? { type: "unreachable" } : problemOf(result.error))
    } else {
      setProblem(undefined)
      setDetail(result.data.alert)
    }
  }
  createEffect(
    on(
      () => props.id,
      (id) => {
        if (id !== undefined) setDetail(undefined)
        void read()
      },
    ),
  )
  createEffect(
    on(
      () => props.told,
      (told) => told?.id === props.id && void read(),
      { defer: true },
    ),
  )
  const title = () => words.name(detail()?.name ?? t("alerts.title"))
  return (
    <Dialog open={props.id !== undefined} onClose={props.onClose} title={title()} wide>
      <DialogBody>
        <Show when={problem()}>{(one) => <ErrorView problem={one()} onRetry={() => void read()} compact />}</Show>
        <Switch>
          <Match when={detail()}>{(alert) => <AlertDetail alert={alert()} />}</Match>
          <Match when={detail() === null}>
            <p class="font-medium">{t("alerts.notFound")}</p>
            <p class="text-soft">{t("alerts.notFoundHint")}</p>
          </Match>
          <Match when={problem() === undefined}>
            <div class="skeleton h-24" role="status" aria-label={t("app.loading")} />
          </Match>
        </Switch>
      </DialogBody>
    </Dialog>
  )
}

function AlertDetail(props: { alert: Detail }) {
  const t = useWords()
  const words = useAlertWords()
  const format = createFormat()
  const alert = () => props.alert
  return (
    <>
      <div class="flex flex-wrap items-center gap-x-3 gap-y-1 text-[0.8125rem] text-soft">
        <Badge
          tone={alert().firing ? "bad" : "quiet"}
          busy={alert().firing}
          label={t(alert().firing ? "alerts.goesOn" : "alerts.isOver")}
        />
        <span>
          {t("alerts.since")} {format.exact(alert().since)}
        </span>
        <Show when={alert().until}>
          {(until) => (
            <span>
              {t("alerts.until")} {format.exact(until())}
            </span>
          )}
        </Show>
      </div>
      <p class="text-[0.8125rem] text-soft">{t(`about.${alert().kind}`)}</p>
      <Show when={alert().firing}>
        <section class="notice tone-hand px-3.5 py-2.5">
          <h3 class="text-xs font-semibold">{t("alerts.wayOut")}</h3>
          <p class="text-[0.8125rem] wrap-anywhere">{words.wayOut(alert().wayOut)}</p>
        </section>
      </Show>
      <Show when={alert().evidence.length > 0}>
        <section class="flex flex-col gap-2" aria-labelledby="evidence">
          <h3 id="evidence" class="font-semibold">
            {t("alerts.evidence")}
          </h3>
          <ul class="flex flex-col rounded-medium ring-1 ring-line">
            <For each={alert().evidence}>
              {(item) => (
                <li class="flex flex-col gap-0.5 border-line px-3 py-2 not-first:border-t">
                  <Show
                    when={evidencePlace(alert().kind, item.subject)}
                    fallback={<span class="font-medium wrap-anywhere">{words.label(alert().kind, item.label)}</span>}
                  >
                    {(path) => (
                      <A href={path()} class="font-medium text-point wrap-anywhere hover:underline">
                        {words.label(alert().kind, item.label)}
                      </A>
                    )}
                  </Show>
                  <EvidenceDetail detail={item.detail} />
                </li>
              )}
            </For>
          </ul>
          <Show when={alert().count > alert().evidence.length}>
            <p class="text-xs text-faint">{t("alerts.firstTwenty", format.number(alert().count))}</p>
          </Show>
        </section>
      </Show>
      <section class="flex flex-col gap-2" aria-labelledby="deliveries">
        <h3 id="deliveries" class="font-semibold">
          {t("alerts.deliveries")}
        </h3>
        <Show
          when={alert().deliveries.length > 0}
          fallback={<p class="text-[0.8125rem] text-soft">{t("alerts.noDeliveries")}</p>}
        >
          <ul class="flex flex-col rounded-medium ring-1 ring-line">
            <For each={alert().deliveries.toReversed()}>{(delivery) => <DeliveryItem delivery={delivery} />}</For>
          </ul>
        </Show>
      </section>
    </>
  )
}

function DeliveryItem(props: { delivery: Delivery }) {
  const t = useWords()
  const { said } = useI18n()
  const format = createFormat()
  const one = () => props.delivery
  const state = (): { tone: Tone; label: string; busy?: boolean } => {
    if (one().deliveredAt !== null) return { tone: "good", label: t("alerts.delivered") }
    if (one().nextAttemptAt !== null) return { tone: "hand", label: t("alerts.waiting"), busy: true }
    return { tone: "bad", label: t("alerts.givenUp") }
  }
  const facts = () =>
    [
      format.relative(one().deliveredAt ?? one().createdAt),
      ...(one().attempts > 0 ? [t("alerts.tries", one().attempts)] : []),
      ...(one().lastStatus === null ? [] : [t("alerts.status", String(one().lastStatus))]),
      ...(one().nextAttemptAt === null ? [] : [t("alerts.nextTry", format.relative(one().nextAttemptAt))]),
    ].join(" · ")
  return (
    <li class="flex flex-col gap-1 border-line px-3 py-2 text-[0.8125rem] not-first:border-t">
      <span class="flex flex-wrap items-center gap-x-2.5 gap-y-1">
        <Badge {...state()} />
        <span class="font-medium">{t(`alerts.${one().event}`)}</span>
        <span class="wrap-anywhere">→ {one().webhook.name}</span>
        <span class="text-xs text-faint">{facts()}</span>
      </span>
      <Show when={one().deliveredAt === null && one().lastError}>
        {(error) => <span class="tone-bad text-tone wrap-anywhere">{said(error())}</span>}
      </Show>
    </li>
  )
}
