import GripVertical from "lucide-solid/icons/grip-vertical"
import { Show } from "solid-js"
import { createFormat } from "../../i18n/i18n.tsx"
import type { Account } from "./create-accounts.ts"
import { useWords } from "./words.ts"

interface PriorityCellProps {
  account: Account
  /** The list is sorted by it, so that a place in it means something. */
  isMovable: boolean
  onDrag: (event: PointerEvent) => void
  onStep: (account: Account, direction: 1 | -1) => void
}

/** The priority, with a handle that moves it: by dragging the row, or with the arrow keys. */
export function PriorityCell(props: PriorityCellProps) {
  const t = useWords()
  const format = createFormat()
  const press = (event: KeyboardEvent) => {
    const direction = event.key === "ArrowUp" ? 1 : event.key === "ArrowDown" ? -1 : undefined
    if (direction === undefined) return
    event.preventDefault()
    event.stopPropagation()
    props.onStep(props.account, direction)
  }
  return (
    <span class="inline-flex items-center gap-1">
      <Show when={props.isMovable}>
        <button
          type="button"
          class="order-handle -ml-1"
          data-handle={props.account.id}
          aria-label={t("priority.handle", props.account.label, String(props.account.priority))}
          title={t("priority.hint")}
          onKeyDown={press}
          onPointerDown={(event) => props.onDrag(event)}
        >
          <GripVertical class="size-4" aria-hidden="true" />
        </button>
      </Show>
      <span classList={{ "text-faint": props.account.priority === 0 }}>{format.number(props.account.priority)}</span>
    </span>
  )
}
