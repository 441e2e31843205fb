/** The requests: the last ones as they end, and at an address of its own each one with its whole way. */
import { useParams } from "@solidjs/router"
import { Show } from "solid-js"
import { RequestFeed } from "./request-feed.tsx"
import { RequestPage } from "./request-page.tsx"

export default function RequestsPage() {
  const params = useParams<{ id?: string }>()
  return (
    <Show when={params.id} fallback={<RequestFeed />} keyed>
      {(id) => <RequestPage id={id} />}
    </Show>
  )
}
