import ArrowUpRight from "lucide-solid/icons/arrow-up-right"
import { Show } from "solid-js"
import { useWords } from "./words.ts"

/** Only https links of the provider become links; anything else stays unseen. */
const safeLink = (link: string | null | undefined) => (link?.startsWith("https://") === true ? link : undefined)

/** The provider's page that belongs to an account's way out, if there is one. */
export function ProviderLink(props: { link: string | null | undefined }) {
  const t = useWords()
  return (
    <Show when={safeLink(props.link)}>
      {(link) => (
        <a
          href={link()}
          target="_blank"
          rel="noopener noreferrer"
          class="inline-flex items-center gap-1 text-[0.8125rem] font-medium text-point underline decoration-transparent underline-offset-3 hover:decoration-current"
        >
          {t("accounts.openLink")}
          <ArrowUpRight class="size-3.5" aria-hidden="true" />
        </a>
      )}
    </Show>
  )
}
