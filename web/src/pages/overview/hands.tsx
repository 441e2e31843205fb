import { A } from "@solidjs/router"
import ExternalLink from "lucide-solid/icons/external-link"
import { For, Show } from "solid-js"
import type { AccountState } from "#generated/web/graphql.ts"
import { Badge } from "../../components/badge.tsx"
import { createFormat, useI18n } from "../../i18n/i18n.tsx"
import type { Overview } from "./create-overview.ts"
import { useWords } from "./words.ts"

/** The accounts that wait for a person, with what gets each out of it, and the way there. */
export function Hands(props: { accounts: Overview["accounts"] }) {
  const t = useWords()
  const { said } = useI18n()
  const format = createFormat()
  return (
    <section class="flex flex-col gap-3" aria-labelledby="hands">
      <h2 id="hands" class="text-[0.9375rem] font-semibold">
        {t("overview.hands")}
      </h2>
      <div class="card flex flex-col gap-3 p-4.5">
        <Show when={props.accounts.totalCount > 0} fallback={<p class="text-soft">{t("overview.noHands")}</p>}>
          <ul class="flex flex-col gap-3">
            <For each={props.accounts.edges}>
              {({ node }) => (
                <li class="flex flex-col items-start gap-1">
                  <span class="flex flex-wrap items-center gap-2">
                    <span class="font-medium wrap-anywhere">{node.label}</span>
                    <Badge tone="hand" label={t(`accountState.${node.state}`)} />
                  </span>
                  <Show when={node.wayOut}>
                    {(wayOut) => <span class="text-[0.8125rem] text-soft wrap-anywhere">{said(wayOut())}</span>}
                  </Show>
                  <Help id={node.id} state={node.state} link={node.wayOutLink} />
                </li>
              )}
            </For>
          </ul>
          <A href="/accounts?group=needHand" class="button button-secondary self-start">
            {t("overview.toHands", format.number(props.accounts.totalCount))}
          </A>
        </Show>
      </div>
    </section>
  )
}

/** The button that helps: the provider's page where it gave a link, else the account's own. A link of the provider's is opened by a person alone. */
function Help(props: { id: string; state: AccountState; link: string | null }) {
  const t = useWords()
  return (
    <Show
      when={props.link}
      fallback={
        <A href={`/accounts/${props.id}`} class="text-[0.8125rem] font-medium text-point hover:underline">
          {t(props.state === "NEEDS_LOGIN" ? "overview.helpSignIn" : "overview.helpOpen")}
        </A>
      }
    >
      {(link) => (
        <a
          href={link()}
          target="_blank"
          rel="noopener noreferrer"
          class="inline-flex items-center gap-1 text-[0.8125rem] font-medium text-point hover:underline"
        >
          {t("overview.helpProvider")}
          <ExternalLink class="size-3.5" aria-hidden="true" />
        </a>
      )}
    </Show>
  )
}
