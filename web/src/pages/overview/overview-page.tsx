/** What goes on, why, and what to do: this second's traffic. */
import { Page } from "../../components/page.tsx"
import { TrafficTiles } from "./traffic-tiles.tsx"

export default function OverviewPage() {
  return (
    <Page>
      <TrafficTiles />
    </Page>
  )
}
