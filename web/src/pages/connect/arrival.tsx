import { A } from "@solidjs/router"
import CircleCheck from "lucide-solid/icons/circle-check"
import { createEffect, createSignal, on, Show } from "solid-js"
import { type ArrivedRequestFragment, arrivedRequestDocument, newestOfKeyDocument } from "#generated/web/graphql.ts"
import { Button } from "../../components/button.tsx"
import { createLive } from "../../graphql/live.ts"
import { createFormat } from "../../i18n/i18n.tsx"
import { useNames } from "../../i18n/names.ts"
import { dialectLabels } from "../../lib/dialects.ts"
import { usePanel } from "../../panel.tsx"
import { useWords } from "./words.ts"

/** Waits for the first request of a key from now on, and shows it. */
export function Arrival(props: { keyId: string; keyName: string }) {
  const t = useWords()
  const format = createFormat()
  const name = useNames()
  const { client, connection } = usePanel()
  const since = new Date().toISOString()
  const [arrived, setArrived] = createSignal<ArrivedRequestFragment>()
  const hear = (request: ArrivedRequestFragment) => setArrived((before) => before ?? request)
  // Of a stream that was not up yet, or broke: what came meanwhile.
  const look = async () => {
    const result = await client.query(newestOfKeyDocument, { key: props.keyId, since }).toPromise()
    const newest = result.data?.requests.edges[0]?.node
    if (newest !== undefined) hear(newest)
  }
  // When the stream is up, at first and again.
  createEffect(on(connection.generation, () => void look()))
  createLive(
    arrivedRequestDocument,
    { key: props.keyId },
    ({ requestFinished }) => hear(requestFinished),
    () => void look(),
  )
  return (
    <Show
      when={arrived()}
      fallback={
        <div class="flex items-start gap-3" role="status">
          <span class="tone-begin dot dot-busy mt-1.5" />
          <div>
            <p class="font-semibold">{t("arrival.waiting")}</p>
            <p class="text-[0.8125rem] text-soft">{t("arrival.waitingHint", props.keyName)}</p>
          </div>
        </div>
      }
    >
      {(request) => {
        const isGood = () => request().outcome === "COMPLETED"
        const model = () => request().requestedModel ?? "–"
        const dialect = () => {
          const given = request().dialect
          return given === null ? "–" : dialectLabels[given]
        }
        return (
          <div class="flex flex-wrap items-start gap-3" role="status">
            <CircleCheck
              class="mt-0.5 size-5 flex-none text-tone-dot"
              classList={{ "tone-good": isGood(), "tone-bad": !isGood() }}
              aria-hidden="true"
            />
            <div class="min-w-0 flex-1 basis-60">
              <p class="font-semibold">{t(isGood() ? "arrival.arrived" : "arrival.failed")}</p>
              <p class="text-[0.8125rem] text-soft wrap-anywhere">
                {isGood()
                  ? t("arrival.facts", dialect(), model(), format.duration(request().durationMs))
                  : t(
                      "arrival.failedFacts",
                      dialect(),
                      model(),
                      name("errorCode", request().errorCode ?? request().outcome),
                    )}
              </p>
            </div>
            <A href={`/requests/${request().id}`} class="button button-secondary">
              {t("arrival.open")}
            </A>
            <Show when={!isGood()}>
              <Button onClick={() => setArrived(undefined)}>{t("arrival.next")}</Button>
            </Show>
          </div>
        )
      }}
    </Show>
  )
}
