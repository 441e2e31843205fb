import { createSignal, onMount } from "solid-js"
import { keyUsageDocument } from "#generated/web/graphql.ts"
import { createRefresh } from "../../graphql/create-refresh.ts"
import { usePanel } from "../../panel.tsx"

const hourMs = 3_600_000

/** Hours of a line; the last one is under way. */
export const usageHours = 24

const readEveryMs = 60_000

/** How many requests each key made, hour by hour over the last day; read anew once a minute while it is looked at. */
export function createKeyUsage() {
  const { client } = usePanel()
  const [byKey, setByKey] = createSignal<ReadonlyMap<string, readonly number[]>>(new Map())
  const read = async () => {
    const now = Math.floor(Date.now() / hourMs) * hourMs
    const from = now - (usageHours - 1) * hourMs
    const { data } = await client.query(keyUsageDocument, { since: new Date(from).toISOString() }).toPromise()
    // Without it there are no lines; what keeps it from an answer is told where the keys themselves are read.
    if (data === undefined) return
    const next = new Map<string, number[]>()
    for (const { apiKeyId, since, requests } of data.usage) {
      if (apiKeyId === null) continue
      const hours = next.get(apiKeyId) ?? Array.from({ length: usageHours }, () => 0)
      const hour = Math.floor((Date.parse(since) - from) / hourMs)
      if (hour >= 0 && hour < usageHours) hours[hour] = (hours[hour] ?? 0) + requests
      next.set(apiKeyId, hours)
    }
    setByKey(next)
  }
  const again = () => void read()
  onMount(again)
  createRefresh(again, readEveryMs)
  return { of: (id: string): readonly number[] | undefined => byKey().get(id), again }
}
