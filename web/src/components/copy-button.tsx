import Check from "lucide-solid/icons/check"
import Copy from "lucide-solid/icons/copy"
import { createSignal, onCleanup, Show } from "solid-js"
import { useI18n } from "../i18n/i18n.tsx"
import { Button } from "./button.tsx"

const shownMs = 2_000

/** Copies a text and says for two seconds whether that worked. `label` names what is copied, for those who do not see it. */
export function CopyButton(props: { text: string; label: string }) {
  const { t } = useI18n()
  const [outcome, setOutcome] = createSignal<"copied" | "failed">()
  let timer: ReturnType<typeof setTimeout> | undefined
  onCleanup(() => clearTimeout(timer))
  const copy = async () => {
    clearTimeout(timer)
    const copied = await writeClipboard(props.text)
    setOutcome(copied ? "copied" : "failed")
    timer = setTimeout(() => setOutcome(undefined), shownMs)
  }
  return (
    <>
      <Button onClick={() => void copy()} aria-label={props.label} title={props.label}>
        <Show when={outcome() === "copied"} fallback={<Copy />}>
          <Check />
        </Show>
        <span aria-hidden="true">
          {outcome() === "copied"
            ? t("action.copied")
            : outcome() === "failed"
              ? t("action.copyFailed")
              : t("action.copy")}
        </span>
      </Button>
      <span class="sr-only" role="status">
        {outcome() === "copied" ? t("action.copied") : outcome() === "failed" ? t("action.copyFailed") : ""}
      </span>
    </>
  )
}

/** False where the browser has no clipboard (a page that is not on loopback or TLS) or the person refused it. */
async function writeClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    // The person sees "copy by hand" instead: there is nothing else that a page may do.
    return false
  }
}
