import ArrowUpRight from "lucide-solid/icons/arrow-up-right"
import { Show } from "solid-js"
import { useWords } from "./words.ts"

/** Only https links of the provider become links; anything else stays unseen. */
export const safeLink = (link: string | null | undefined) => (link?.startsWith("https://") === true ? link : undefined)

/** The provider's page that belongs to an account's way out, if there is one. */
export function ProviderLink(props: { link: string | null | undefined; title?: string | undefined }) {
  const t = useWords()
  return (
    <Show when={safeLink(props.link)}>
      {(link) => (
        <a
          href={link()}
          target="_blank"
          rel="noopener noreferrer"
          title={props.title}
          class="text-[0.8125rem] font-medium text-point underline decoration-transparent underline-offset-3 hover:decoration-current"
        >
          {t("accounts.openLink")}
          <ArrowUpRight class="ml-0.5 inline size-3.5 align-[-0.15em]" aria-hidden="true" />
        </a>
      )}
    </Show>
  )
}
