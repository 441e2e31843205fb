import { createMemo, createSignal, For, Match, Show, Switch } from "solid-js"
import { createStore, reconcile } from "solid-js/store"
import { endOtherSessionsDocument, endSessionDocument } from "#generated/web/graphql.ts"
import { sessionsDocument, type SessionsQuery } from "#generated/web/graphql.ts"
import { Badge } from "../../components/badge.tsx"
import { Button } from "../../components/button.tsx"
import { MutationDialog } from "../../components/mutation-dialog.tsx"
import { type Column, DataTable } from "../../components/data-table.tsx"
import { ProblemNotice } from "../../components/problem-notice.tsx"
import { ErrorView } from "../../components/states.tsx"
import { Time } from "../../components/time.tsx"
import { showToast } from "../../components/toast.tsx"
import { createMutation } from "../../graphql/create-mutation.ts"
import { problemOf } from "../../graphql/failure.ts"
import { createLoaded } from "../../graphql/live.ts"
import { usePanel } from "../../panel.tsx"
import { browserName } from "./browser-name.ts"
import { ChangePasswordDialog } from "./change-password-dialog.tsx"
import { useWords } from "./words.ts"

type Session = SessionsQuery["sessions"][number]

/** The signed-in browsers, one's own or everybody's, and one's password. */
export function Sessions() {
  const t = useWords()
  const { client, may } = usePanel()
  const [store, setStore] = createStore<{ sessions: Session[]; viewer: SessionsQuery["viewer"] }>({
    sessions: [],
    viewer: null,
  })
  const [isOfAll, setOfAll] = createSignal(false)
  const [isChanging, setChanging] = createSignal(false)
  const [isEndingOthers, setEndingOthers] = createSignal(false)
  const { state, again } = createLoaded(async () => {
    const result = await client.query(sessionsDocument, { all: isOfAll() }).toPromise()
    if (result.data === undefined) throw result.error
    setStore("sessions", reconcile([...result.data.sessions], { key: "id" }))
    setStore("viewer", result.data.viewer)
  })
  const ending = createMutation(endSessionDocument)
  const end = async ({ id }: Session) => {
    if ((await ending.run({ id })) === undefined) return
    showToast({ text: t("session.ended", 1) })
    again()
  }
  const failure = () => {
    const now = state()
    return now.type === "error" ? problemOf(now.error) : undefined
  }
  const others = () => store.sessions.filter(({ isCurrent, administrator }) => administrator.isYou && !isCurrent)
  const choose = (all: boolean) => {
    setOfAll(all)
    again()
  }
  return (
    <div class="flex flex-col gap-5">
      <section class="card flex flex-wrap items-center gap-x-6 gap-y-3 p-4.5" aria-labelledby="own-password">
        <div class="min-w-0 flex-1 basis-60">
          <h2 id="own-password" class="text-[0.9375rem] font-semibold">
            {t("ownPassword.title")}
          </h2>
          <p class="text-[0.8125rem] text-soft wrap-anywhere">
            <Show when={store.viewer}>
              {(you) => t("ownPassword.signedInAs", you().name, t(`administrators.${you().role}`))}
            </Show>{" "}
            {t("ownPassword.hint")}
          </p>
        </div>
        <Button onClick={() => setChanging(true)}>{t("ownPassword.change")}</Button>
      </section>
      <section class="flex flex-col gap-3" aria-labelledby="sessions">
        <div class="flex flex-wrap items-center gap-x-4 gap-y-2">
          <h2 id="sessions" class="text-[0.9375rem] font-semibold">
            {t("session.title")}
          </h2>
          <Show when={may("ADMIN")}>
            <div class="flex gap-1" role="group" aria-labelledby="sessions">
              <For each={[false, true]}>
                {(all) => (
                  <button type="button" class="chip" aria-pressed={isOfAll() === all} onClick={() => choose(all)}>
                    {t(all ? "session.all" : "session.own")}
                  </button>
                )}
              </For>
            </div>
          </Show>
          <Show when={others().length > 0}>
            <Button class="ml-auto" onClick={() => setEndingOthers(true)}>
              {t("session.endOthers")}
            </Button>
          </Show>
        </div>
        <Show when={failure()}>{(problem) => <ErrorView problem={problem()} onRetry={again} />}</Show>
        <ProblemNotice problem={ending.error()} />
        <Switch>
          <Match when={store.sessions.length > 0}>
            <div class="card overflow-hidden">
              <SessionTable
                sessions={store.sessions}
                isOfAll={isOfAll()}
                busy={ending.busy()}
                onEnd={(session) => void end(session)}
              />
            </div>
          </Match>
          <Match when={state().type === "loading"}>
            <div class="card p-4.5" role="status" aria-label={t("app.loading")}>
              <div class="skeleton h-4 w-52" />
            </div>
          </Match>
        </Switch>
      </section>
      <ChangePasswordDialog open={isChanging()} onClose={() => setChanging(false)} onChanged={again} />
      <EndOthersDialog open={isEndingOthers()} onClose={() => setEndingOthers(false)} onEnded={again} />
    </div>
  )
}

interface SessionTableProps {
  sessions: readonly Session[]
  isOfAll: boolean
  busy: boolean
  onEnd: (session: Session) => void
}

function SessionTable(props: SessionTableProps) {
  const t = useWords()
  const nameOf = ({ userAgent }: Session): string => {
    const { browser, system } = browserName(userAgent ?? "")
    if (browser === undefined) return system ?? userAgent ?? t("session.unknownBrowser")
    return system === undefined ? browser : t("session.on", browser, system)
  }
  const columns = createMemo((): readonly Column<Session>[] => [
    {
      id: "browser",
      label: t("session.browser"),
      width: "lg:w-[28%]",
      block: "wide",
      cell: (session) => (
        <span class="flex flex-wrap items-center gap-2 pr-20 lg:pr-0" title={session.userAgent ?? ""}>
          <span class="font-medium wrap-anywhere">{nameOf(session)}</span>
          <Show when={session.isCurrent}>
            <Badge tone="good" label={t("session.current")} />
          </Show>
        </span>
      ),
    },
    ...(props.isOfAll
      ? [
          {
            id: "whose",
            label: t("session.whose"),
            isNamed: true,
            cell: ({ administrator }: Session) => <span class="wrap-anywhere">{administrator.name}</span>,
          },
        ]
      : []),
    {
      id: "address",
      label: t("session.address"),
      isNamed: true,
      cell: ({ address }) => <span class="wrap-anywhere">{address ?? "–"}</span>,
    },
    {
      id: "signedIn",
      label: t("session.signedIn"),
      isNamed: true,
      cell: ({ createdAt }) => <Time at={createdAt} otherwise="–" />,
    },
    {
      id: "lastSeen",
      label: t("session.lastSeen"),
      isNamed: true,
      cell: ({ lastSeenAt }) => <Time at={lastSeenAt} otherwise="–" />,
    },
    {
      id: "expires",
      label: t("session.expires"),
      isNamed: true,
      cell: ({ expiresAt }) => <Time at={expiresAt} otherwise="–" />,
    },
    {
      id: "actions",
      label: t("administrators.actions"),
      isLabelHidden: true,
      width: "lg:w-28",
      end: true,
      block: "corner",
      cell: (session) => (
        <Show when={!session.isCurrent}>
          <Button
            class="-my-1"
            disabled={props.busy}
            aria-label={t("session.endFor", nameOf(session))}
            onClick={() => props.onEnd(session)}
          >
            {t("session.end")}
          </Button>
        </Show>
      ),
    },
  ])
  return <DataTable label={t("session.list")} rows={props.sessions} keyOf={({ id }) => id} columns={columns()} />
}

function EndOthersDialog(props: { open: boolean; onClose: () => void; onEnded: () => void }) {
  const t = useWords()
  return (
    <MutationDialog
      about={props.open ? {} : undefined}
      document={endOtherSessionsDocument}
      variables={() => ({})}
      title={() => t("session.endOthersTitle")}
      description={() => t("session.endOthersHint")}
      submit={t("session.endOthers")}
      submitting={t("session.ending")}
      onDone={({ ended }) => {
        showToast({ text: t("session.ended", ended) })
        props.onEnded()
      }}
      onClose={props.onClose}
    />
  )
}
