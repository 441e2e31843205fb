import { Tabs } from "../../../components/tabs.tsx"
import { usePanel } from "../../../panel.tsx"
import { useWords } from "../words.ts"
import type { Capture } from "./capture.ts"
import { ExchangeView } from "./exchange-view.tsx"
import { Replay } from "./replay.tsx"
import { TranslationView } from "./translation.tsx"

/** What was captured of an exchange: what was changed on the way, what was on the wire, and the way to send it again. */
export default function CaptureTabs(props: { id: string; capture: Capture }) {
  const t = useWords()
  const { may } = usePanel()
  return (
    <Tabs
      label={t("capture.title")}
      tabs={[
        {
          id: "translation",
          label: t("capture.translation"),
          content: () => <TranslationView translation={props.capture.translation} />,
        },
        { id: "wire", label: t("capture.wire"), content: () => <ExchangeView capture={props.capture} /> },
        ...(may("ADMIN")
          ? [{ id: "replay", label: t("replay.title"), content: () => <Replay id={props.id} first={props.capture} /> }]
          : []),
      ]}
    />
  )
}
