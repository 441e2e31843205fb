import { A } from "@solidjs/router"
import { createResource, Match, Show, Switch } from "solid-js"
import { auditEventsDocument } from "#generated/web/graphql.ts"
import { Fact } from "../../components/fact.tsx"
import { Badge } from "../../components/badge.tsx"
import { Button } from "../../components/button.tsx"
import { CopyButton } from "../../components/copy-button.tsx"
import { Dialog, DialogBody } from "../../components/dialog.tsx"
import { DiffView } from "../../components/diff-view.tsx"
import { createFormat } from "../../i18n/i18n.tsx"
import { usePanel } from "../../panel.tsx"
import { useActionName } from "./action-name.ts"
import { outcomeTones } from "./audit-table.tsx"
import type { AuditChoice, AuditEvent } from "./create-audit.ts"
import { placeOf } from "./place-of.ts"
import { useRefusalName } from "./refusal-name.ts"
import { shownJson } from "./shown-json.ts"
import { useWords } from "./words.ts"

interface EventDialogProps {
  /** Its place in the chain, as it stands in the address. */
  sequence: string | undefined
  /** Those that are read already. */
  events: readonly AuditEvent[]
  onClose: () => void
  onChoose: (choice: Partial<Record<AuditChoice, string>>) => void
}

/** One event whole: what was before and after, who, from where, and its place in the chain. */
export function EventDialog(props: EventDialogProps) {
  const t = useWords()
  const { client } = usePanel()
  const actionName = useActionName()
  const known = () => props.events.find(({ sequence }) => sequence === props.sequence)
  // An address may lead to one that is far down the list, or not on it.
  const [read] = createResource(
    () => (known() === undefined && /^\d{1,18}$/.test(props.sequence ?? "") ? props.sequence : undefined),
    async (sequence) => {
      const { data } = await client.query(auditEventsDocument, { first: 1, filter: { sequence } }).toPromise()
      return data?.auditEvents.edges[0]?.node ?? null
    },
  )
  const event = () => known() ?? read() ?? undefined
  return (
    <Dialog
      open={props.sequence !== undefined}
      onClose={props.onClose}
      title={event() === undefined ? t("audit.titleOf", props.sequence ?? "") : actionName(event()?.action ?? "")}
      wide
    >
      <DialogBody>
        <Switch>
          <Match when={event()}>
            {(one) => <Detail event={one()} onChoose={(choice) => props.onChoose(choice)} />}
          </Match>
          <Match when={read.loading}>
            <div class="skeleton h-24" role="status" aria-label={t("app.loading")} />
          </Match>
          <Match when={true}>
            <p class="font-medium">{t("audit.notFoundTitle")}</p>
            <p class="text-soft">{t("audit.notFoundHint")}</p>
          </Match>
        </Switch>
      </DialogBody>
    </Dialog>
  )
}

function Detail(props: { event: AuditEvent; onChoose: EventDialogProps["onChoose"] }) {
  const t = useWords()
  const format = createFormat()
  const refusalName = useRefusalName()
  const event = () => props.event
  const place = () => {
    const object = event().object
    return object === null ? undefined : placeOf(object.kind, object.id)
  }
  return (
    <>
      <div class="flex flex-wrap items-center gap-2">
        <Badge tone={outcomeTones[event().outcome]} label={t(`outcome.${event().outcome}`)} />
        <Show when={event().count > 1}>
          <span class="text-[0.8125rem] text-soft">{t("audit.times", format.number(event().count))}</span>
        </Show>
        <code class="font-mono text-xs text-faint">{event().action}</code>
      </div>
      <Show
        when={event().changes.length > 0}
        fallback={<p class="text-[0.8125rem] text-faint">{t("audit.noChanges")}</p>}
      >
        <DiffView
          changes={event().changes.map(({ field, before, after }) => ({
            field,
            before: shownJson(before),
            after: shownJson(after),
          }))}
        />
      </Show>
      <dl class="grid grid-cols-[repeat(auto-fit,minmax(11rem,1fr))] gap-x-5 gap-y-3 text-[0.8125rem]">
        <Fact name={t("audit.exactTime")}>
          {format.exact(event().at)} <span class="text-faint">({format.relative(event().at)})</span>
        </Fact>
        <Fact name={t("audit.who")}>
          {event().actor.name ?? t(`actorKind.${event().actor.kind}`)}
          <Show when={event().actor.name}>
            <span class="text-faint"> · {t(`actorKind.${event().actor.kind}`)}</span>
          </Show>
        </Fact>
        <Show when={event().actor.address}>{(at) => <Fact name={t("audit.from")}>{at()}</Fact>}</Show>
        <Show when={event().actor.scope}>{(scope) => <Fact name={t("audit.scope")}>{scope()}</Fact>}</Show>
        <Show when={event().object}>
          {(object) => (
            <Fact name={t("audit.object")}>
              <Show when={place()} fallback={object().label ?? object().id ?? t(`objectKind.${object().kind}`)}>
                {(path) => (
                  <A href={path()} class="font-medium text-point hover:underline">
                    {object().label ?? object().id ?? t(`objectKind.${object().kind}`)}
                  </A>
                )}
              </Show>
              <span class="text-faint"> · {t(`objectKind.${object().kind}`)}</span>
            </Fact>
          )}
        </Show>
        <Show when={event().code}>
          {(code) => (
            <Fact name={t("audit.code")}>
              {refusalName(code())} <code class="font-mono text-xs text-faint">{code()}</code>
            </Fact>
          )}
        </Show>
        <Show when={event().requestId}>
          {(id) => (
            <Fact name={t("audit.request")}>
              <code class="font-mono text-xs">{id()}</code>
            </Fact>
          )}
        </Show>
      </dl>
      <div class="flex flex-wrap gap-2">
        <Show when={event().actor.name}>
          {(who) => <Button onClick={() => props.onChoose({ who: who() })}>{t("audit.allOfActor")}</Button>}
        </Show>
        <Show when={event().object?.id}>
          {(object) => <Button onClick={() => props.onChoose({ object: object() })}>{t("audit.allOfObject")}</Button>}
        </Show>
      </div>
      <dl class="flex flex-col gap-2 border-t border-line pt-4 text-[0.8125rem]">
        <Fact name={`${t("audit.hash")} · ${t("audit.titleOf", event().sequence)}`}>
          <span class="flex items-start gap-2">
            <code class="min-w-0 flex-1 font-mono text-xs wrap-anywhere">{event().hash}</code>
            <CopyButton text={event().hash} label={t("audit.copyHash")} />
          </span>
        </Fact>
        <Show when={event().previousHash !== ""}>
          <Fact name={t("audit.previousHash")}>
            <code class="font-mono text-xs wrap-anywhere">{event().previousHash}</code>
          </Fact>
        </Show>
      </dl>
    </>
  )
}
