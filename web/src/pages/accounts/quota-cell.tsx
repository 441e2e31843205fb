import { createMemo, For, Show } from "solid-js"
import type { QuotaBucket, QuotaWindow } from "#generated/web/graphql.ts"
import { QuotaBar } from "../../components/quota-bar.tsx"
import { createFormat } from "../../i18n/i18n.tsx"
import { useNames } from "../../i18n/names.ts"
import { createNow } from "../../lib/create-now.ts"
import { unknown } from "../../lib/format.ts"
import { usePanel } from "../../panel.tsx"
import type { Account } from "./create-accounts.ts"
import type { Reserve } from "./create-reserve.ts"
import { useWords } from "./words.ts"

type Reading = Account["quota"][number]

const windows: readonly QuotaWindow[] = ["FIVE_HOURS", "WEEKLY", "NEAREST"]

/** The windows of a bucket in their order; the tighter one without a name only where it is all that is known. */
function readingsOf(account: Account, bucket: QuotaBucket): Reading[] {
  const own = windows.flatMap(
    (window) => account.quota.find((one) => one.bucket === bucket && one.window === window) ?? [],
  )
  return own.length > 1 ? own.filter(({ window }) => window !== "NEAREST") : own
}

interface QuotaCellProps {
  account: Account
  bucket: QuotaBucket
  reserve: Reserve
}

/** What is left of one bucket of an account, a bar a window, with the marker of its reserve. */
export function QuotaCell(props: QuotaCellProps) {
  const t = useWords()
  const format = createFormat()
  const now = createNow()
  const readings = createMemo(() => readingsOf(props.account, props.bucket))
  const rest = () =>
    props.account.cooldowns.find(({ bucket, until }) => bucket === props.bucket && Date.parse(until) > now())
  return (
    <div class="flex min-w-0 flex-col gap-2">
      <Show when={readings().length > 0} fallback={<span class="text-faint">{unknown}</span>}>
        <For each={readings()}>
          {(reading, index) => <Window {...props} reading={reading} isFirst={index() === 0} />}
        </For>
      </Show>
      <Show when={rest()}>
        {(found) => (
          <span class="tone-cool text-[0.6875rem] leading-tight text-tone">
            {t("quota.rests", format.countdown(Date.parse(found().until) - now()))}
          </span>
        )}
      </Show>
    </div>
  )
}

function Window(props: QuotaCellProps & { reading: Reading; isFirst: boolean }) {
  const t = useWords()
  const { may } = usePanel()
  const nameOf = useNames()
  const format = createFormat()
  const now = createNow()
  const resetsInMs = () => (props.reading.resetAt === null ? undefined : Date.parse(props.reading.resetAt) - now())
  // Of a window that has ended since nobody knows what is left of the next one.
  const isOver = () => (resetsInMs() ?? 1) <= 0
  const left = () => (isOver() ? undefined : props.reading.remaining)
  const name = () => `${nameOf("bucket", props.bucket)}, ${nameOf("window", props.reading.window)}`
  // Nobody tells which one it is that is the tighter.
  const windowName = () => {
    const { window } = props.reading
    return window === "NEAREST" ? "" : t(`quota.window.${window}`)
  }
  const isHeldBack = () => left() !== undefined && props.reserve.of(props.account) >= (left() ?? 0) && left() !== 0
  const more = () => {
    const { remaining, readAt, resetAt, source } = props.reading
    return [
      isOver()
        ? t("quota.over", name(), format.share(remaining))
        : t("quota.left", name(), format.share(remaining)) + (isHeldBack() ? ` ${t("quota.heldBack")}` : ""),
      resetAt === null ? t("quota.resetUnknown") : t("quota.resets", format.exact(resetAt)),
      t("quota.read", format.relative(readAt), format.exact(readAt)),
      source === null ? "" : t(`quota.source.${source}`),
    ]
      .filter((line) => line !== "")
      .join("\n")
  }
  return (
    <div class="flex min-w-0 flex-col gap-1" title={more()}>
      <div class="flex items-baseline justify-between gap-1 overflow-hidden text-[0.6875rem] leading-tight whitespace-nowrap tabular-nums">
        <span class="text-faint">{windowName()}</span>
        <span
          class="font-medium"
          classList={{ "tone-bad text-tone": left() === 0, "tone-hand text-tone": isHeldBack() }}
        >
          {format.share(left())}
        </span>
        <span class="flex-1 text-right text-faint">
          {resetsInMs() === undefined || isOver() ? "" : format.countdown(resetsInMs() ?? 0)}
        </span>
      </div>
      <QuotaBar
        value={left()}
        label={name()}
        text={format.share(left())}
        floor={props.reserve.of(props.account)}
        {...(may("OPERATE")
          ? {
              marker: {
                label: t("reserve.of", props.account.label),
                textOf: (floor: number) => format.share(floor),
                isMet: props.isFirst && props.account.quota[0]?.bucket === props.bucket,
                onMove: (floor: number | undefined) => props.reserve.move(props.account, floor),
                onKeep: (floor: number) => props.reserve.keep(props.account, floor),
              },
            }
          : {})}
      />
    </div>
  )
}
