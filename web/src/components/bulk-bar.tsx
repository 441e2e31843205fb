import X from "lucide-solid/icons/x"
import type { ParentProps } from "solid-js"
import { Button } from "./button.tsx"
import { standAtFoot } from "./foot-bar.ts"

interface BulkBarProps {
  /** What it is for, for those who do not see it. */
  label: string
  /** How many are chosen, in words. */
  text: string
  clear: string
  onClear: () => void
}

/** What can be done with the rows that are chosen: at the window's foot while there are some, above the bar of the thumb. */
export function BulkBar(props: ParentProps<BulkBarProps>) {
  return (
    <div ref={standAtFoot} class="pointer-events-none sticky bottom-20 z-10 flex justify-center lg:bottom-4">
      <div
        role="group"
        aria-label={props.label}
        class="bulk-bar pointer-events-auto flex max-w-full flex-wrap items-center gap-1.5 rounded-large bg-raised p-2 shadow-float"
      >
        <span role="status" class="px-2 font-medium tabular-nums">
          {props.text}
        </span>
        {props.children}
        <Button look="plain" icon aria-label={props.clear} title={props.clear} onClick={() => props.onClear()}>
          <X />
        </Button>
      </div>
    </div>
  )
}
