/** What pages use to read and to follow: a query that is read again when needed, and a subscription that rests while nobody looks. */
import type { AnyVariables, CombinedError, DocumentInput } from "@urql/core"
import { createEffect, createSignal, on, onCleanup, onMount } from "solid-js"
import { usePanel } from "../panel.tsx"

/** Loading until the first answer; an error keeps the data that was there before. */
export type Loaded = { type: "loading" } | { type: "error"; error: CombinedError } | { type: "data" }

/**
 * Runs `read` on mount, whenever a stream stands, at first or again, and when `again` is called; what is wanted while it
 * runs is one more run.
 * `read` stores what it got and throws a `CombinedError` when it could not get it.
 */
export function createLoaded(read: () => Promise<void>) {
  const { connection } = usePanel()
  const [state, setState] = createSignal<Loaded>({ type: "loading" })
  let running = false
  let wantedAgain = false
  const run = async () => {
    running = true
    wantedAgain = false
    try {
      await read()
      setState({ type: "data" })
    } catch (error) {
      setState({ type: "error", error: error as CombinedError }) // `read` throws nothing else
    }
    running = false
    if (wantedAgain) await run()
  }
  const again = () => {
    if (running) wantedAgain = true
    else void run()
  }
  onMount(again)
  createEffect(on(connection.generation, again, { defer: true }))
  return { state, again }
}

// A tab that is looked away from this long gives its streams back: a browser has six connections per host for all tabs.
const restAfterMs = 10_000

/** Follows a subscription while the page is mounted and looked at; `onData` gets every event. */
export function createLive<Data, Variables extends AnyVariables>(
  document: DocumentInput<Data, Variables>,
  variables: Variables,
  onData: (data: Data) => void,
  onReturn?: () => void,
) {
  const { client } = usePanel()
  let stop: (() => void) | undefined
  let resting: ReturnType<typeof setTimeout> | undefined
  const start = () => {
    const source = client.subscription(document, variables)
    const subscription = source.subscribe((result) => result.data !== undefined && onData(result.data))
    stop = () => subscription.unsubscribe()
  }
  const rest = () => {
    stop?.()
    stop = undefined
  }
  const look = () => {
    clearTimeout(resting)
    if (window.document.visibilityState === "hidden") {
      resting = setTimeout(rest, restAfterMs)
    } else if (stop === undefined) {
      start()
      onReturn?.()
    }
  }
  onMount(() => {
    start()
    window.document.addEventListener("visibilitychange", look)
  })
  onCleanup(() => {
    window.document.removeEventListener("visibilitychange", look)
    clearTimeout(resting)
    rest()
  })
}
