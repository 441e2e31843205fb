import Check from "lucide-solid/icons/check"
import X from "lucide-solid/icons/x"
import { For, Match, Switch } from "solid-js"
import type { OnboardingStep } from "#generated/web/graphql.ts"
import type { Progress } from "./sign-in-progress.tsx"
import { useWords } from "../words.ts"

/** The owner's consent, then the steps of the schema in their order. */
const steps = [
  "CONSENT",
  "EXCHANGE",
  "ACCOUNT_INFO",
  "LOAD",
  "ONBOARD",
  "PROJECT",
  "CATALOGUE",
  "QUOTA",
] as const satisfies readonly (OnboardingStep | "CONSENT")[]

type StepLook = "done" | "now" | "failed" | "open"

/** How a step looks when the sign-in is at another one, or at it. */
export function lookOf(index: number, progress: Progress | undefined): StepLook {
  const phase = progress?.phase ?? "WAITING"
  if (phase === "DONE") return "done"
  // Before the first step it is the owner's turn; what failed there is their consent.
  const at = steps.indexOf(progress?.step ?? "CONSENT")
  if (index < at) return "done"
  if (index > at) return "open"
  return phase === "FAILED" ? "failed" : "now"
}

/** Every step from the consent to an account that serves. */
export function SignInSteps(props: { progress: Progress | undefined }) {
  const t = useWords()
  return (
    <ol class="flex flex-col gap-1.5" aria-label={t("signInAccount.steps")} aria-live="polite">
      <For each={steps}>
        {(step, index) => {
          const look = () => lookOf(index(), props.progress)
          return (
            <li
              class="flex items-center gap-2.5 text-[0.8125rem]"
              classList={{ "text-faint": look() === "open", "font-semibold": look() === "now" || look() === "failed" }}
              aria-current={look() === "now" ? "step" : undefined}
            >
              <StepMark look={look()} />
              {t(`signInAccount.step.${step}`)}
              <span class="sr-only">{t(`signInAccount.look.${look()}`)}</span>
            </li>
          )
        }}
      </For>
    </ol>
  )
}

function StepMark(props: { look: StepLook }) {
  return (
    <span class="grid size-4 flex-none place-items-center" aria-hidden="true">
      <Switch fallback={<span class="tone-quiet dot opacity-40" />}>
        <Match when={props.look === "done"}>
          <Check class="tone-good size-4 text-tone" />
        </Match>
        <Match when={props.look === "now"}>
          <span class="tone-begin dot dot-busy" />
        </Match>
        <Match when={props.look === "failed"}>
          <X class="tone-bad size-4 text-tone" />
        </Match>
      </Switch>
    </span>
  )
}
