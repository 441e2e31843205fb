/** The data planes: which serve, how each is, and how far it is behind; who may link, and who may no longer. */
import Plus from "lucide-solid/icons/plus"
import Trash from "lucide-solid/icons/trash"
import { createSignal, For, Match, Show, Switch } from "solid-js"
import { resumeNodeDocument } from "#generated/web/graphql.ts"
import { Badge, type Tone } from "../../components/badge.tsx"
import { Button } from "../../components/button.tsx"
import { Fact } from "../../components/fact.tsx"
import { LoadingCard } from "../../components/loading-card.tsx"
import { Page } from "../../components/page.tsx"
import { ProblemNotice } from "../../components/problem-notice.tsx"
import { Empty, ErrorView } from "../../components/states.tsx"
import { showToast } from "../../components/toast.tsx"
import { Time } from "../../components/time.tsx"
import { createMutation } from "../../graphql/create-mutation.ts"
import { problemOf } from "../../graphql/failure.ts"
import { createFormat, useI18n } from "../../i18n/i18n.tsx"
import { useNames } from "../../i18n/names.ts"
import { offerActions } from "../../lib/page-actions.ts"
import { usePanel } from "../../panel.tsx"
import { CreateNodeDialog } from "./create-node-dialog.tsx"
import { createNodes, type Node } from "./create-nodes.ts"
import { DrainNodeDialog } from "./drain-node-dialog.tsx"
import { RemoveNodeDialog } from "./remove-node-dialog.tsx"
import { isSharing, SharingNotice } from "./sharing-notice.tsx"
import { useWords } from "./words.ts"

export default function NodesPage() {
  const t = useWords()
  const { state, again, nodes, remove } = createNodes()
  const { may } = usePanel()
  const [creating, setCreating] = createSignal(false)
  const [removing, setRemoving] = createSignal<Node>()
  const [draining, setDraining] = createSignal<Node>()
  const isLastReady = () => !nodes().some(({ id, ready }) => ready && id !== draining()?.id)
  offerActions(() => (may("ADMIN") ? [{ label: t("createNode.title"), run: () => setCreating(true) }] : []))
  const createButton = () => (
    <Show when={may("ADMIN")}>
      <Button onClick={() => setCreating(true)}>
        <Plus />
        {t("createNode.title")}
      </Button>
    </Show>
  )
  const failure = () => {
    const now = state()
    return now.type === "error" ? problemOf(now.error) : undefined
  }
  return (
    <Page summary={t("nodes.summary")} action={<Show when={nodes().length > 0}>{createButton()}</Show>}>
      <Show when={failure()}>{(problem) => <ErrorView problem={problem()} onRetry={again} />}</Show>
      <Switch>
        <Match when={nodes().length > 0}>
          <ul class="grid gap-3 sm:grid-cols-[repeat(auto-fill,minmax(22rem,1fr))]">
            <For each={nodes()}>
              {(node) => (
                <NodeCard
                  node={node}
                  othersShare={nodes().some(isSharing)}
                  onDrain={setDraining}
                  onRemove={setRemoving}
                />
              )}
            </For>
          </ul>
        </Match>
        <Match when={state().type === "loading"}>
          <LoadingCard />
        </Match>
        <Match when={state().type === "data"}>
          <div class="card overflow-hidden">
            <Empty title={t("nodes.emptyTitle")} hint={t("nodes.emptyHint")}>
              {createButton()}
            </Empty>
          </div>
        </Match>
      </Switch>
      <CreateNodeDialog open={creating()} onClose={() => setCreating(false)} onCreated={again} />
      <DrainNodeDialog node={draining()} isLast={isLastReady()} onClose={() => setDraining(undefined)} />
      <RemoveNodeDialog node={removing()} onClose={() => setRemoving(undefined)} onRemoved={remove} />
    </Page>
  )
}

const TOLD_TO_DRAIN = "told_to_drain"

function NodeCard(props: {
  node: Node
  othersShare: boolean
  onDrain: (node: Node) => void
  onRemove: (node: Node) => void
}) {
  const t = useWords()
  const names = useNames()
  const { said } = useI18n()
  const { may } = usePanel()
  const format = createFormat()
  const node = () => props.node
  const isDraining = () => node().reasons.includes(TOLD_TO_DRAIN)
  const resuming = createMutation(resumeNodeDocument)
  const resume = async () => {
    const { id, name } = node()
    if ((await resuming.run({ id })) !== undefined) showToast({ text: t("drainNode.resumed", name) })
  }
  const health = (): { tone: Tone; label: string } =>
    !node().connected
      ? { tone: "quiet", label: t("nodes.away") }
      : node().ready
        ? { tone: "good", label: t("nodes.ready") }
        : isDraining()
          ? { tone: "hand", label: t("nodes.draining") }
          : { tone: "hand", label: t("nodes.notReady") }
  const lag = () => {
    const behind = node().lag
    if (behind === null) return undefined
    return Number(behind) === 0 ? t("nodes.upToDate") : t("nodes.behind", format.number(behind))
  }
  /** Of the number of conversations; what is wrong stands in a notice. */
  const shared = () => {
    const state = node().sharing?.state
    return state === "UP" ? t("sharing.up") : state === "CONNECTING" ? t("sharing.connecting") : undefined
  }
  const sharedSince = () =>
    node().sharing?.state === "UP" ? t("sharing.upSince", format.exact(node().sharing?.since)) : undefined
  return (
    <li class="card flex flex-col gap-3 p-4.5">
      <div class="flex items-center justify-between gap-3">
        <h2 class="min-w-0 font-medium wrap-anywhere">{node().name}</h2>
        <span class="flex items-center gap-1.5">
          <Badge tone={health().tone} label={health().label} />
          <Show when={may("OPERATE") && node().connected}>
            <Show
              when={isDraining()}
              fallback={
                <Button
                  look="plain"
                  class="-my-1"
                  aria-label={t("drainNode.of", node().name)}
                  onClick={() => props.onDrain(node())}
                >
                  {t("drainNode.open")}
                </Button>
              }
            >
              <Button
                class="-my-1"
                aria-label={t("drainNode.resumeOf", node().name)}
                disabled={resuming.busy()}
                onClick={() => void resume()}
              >
                {t("drainNode.resume")}
              </Button>
            </Show>
          </Show>
          <Show when={may("ADMIN")}>
            <Button
              look="plain"
              icon
              class="-my-1"
              aria-label={t("removeNode.of", node().name)}
              title={t("removeNode.of", node().name)}
              onClick={() => props.onRemove(node())}
            >
              <Trash />
            </Button>
          </Show>
        </span>
      </div>
      <Show when={node().reasons.length > 0}>
        <ul class="notice tone-hand flex flex-col gap-1 px-3 py-2 text-[0.8125rem]">
          <For each={node().reasons}>{(reason) => <li class="wrap-anywhere">{names("nodeReason", reason)}</li>}</For>
        </ul>
      </Show>
      <ProblemNotice problem={resuming.error()} />
      <Show when={node().refusal}>
        {(refusal) => (
          <p class="notice tone-bad px-3 py-2 text-[0.8125rem] wrap-anywhere">
            {t("nodes.refusal")}: {said(refusal())}
          </p>
        )}
      </Show>
      <SharingNotice sharing={node().sharing} othersShare={props.othersShare} />
      <dl class="grid grid-cols-[repeat(auto-fill,minmax(7.5rem,1fr))] gap-x-4 gap-y-2.5 tabular-nums">
        <Fact name={t("nodes.version")}>{node().version ?? "–"}</Fact>
        <Fact name={t("nodes.snapshot")}>
          {format.number(node().snapshotVersion)}
          <Show when={lag()}>{(text) => <span class="text-faint"> · {text()}</span>}</Show>
        </Fact>
        <Fact name={t("nodes.inFlight")}>{format.number(node().inFlight)}</Fact>
        <Fact name={t("nodes.memory")}>{format.bytes(node().rssBytes)}</Fact>
        <Fact name={t("nodes.eventLoop")}>{format.duration(node().eventLoopDelayMs)}</Fact>
        <Fact name={t("nodes.conversations")} hint={sharedSince()}>
          {format.number(node().conversations)}
          <Show when={shared()}>{(text) => <span class="text-faint"> · {text()}</span>}</Show>
        </Fact>
        <Fact name={t("nodes.cacheHits")}>{format.share(node().promptCache?.hitRate)}</Fact>
        <Fact name={node().connected ? t("nodes.started") : t("nodes.lastSeen")}>
          <Time at={node().connected ? node().startedAt : node().lastSeenAt} otherwise="–" />
        </Fact>
      </dl>
    </li>
  )
}
