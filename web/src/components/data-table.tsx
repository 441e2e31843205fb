/**
 * A table of any length: sorted by its columns, walked with the arrow keys, its rows chosen by hand where that is of use, with only those
 * rows in the page that are seen.
 */
import ArrowDown from "lucide-solid/icons/arrow-down"
import ArrowUp from "lucide-solid/icons/arrow-up"
import RotateCw from "lucide-solid/icons/rotate-cw"
import { createMemo, createSignal, For, type JSX, Show } from "solid-js"
import { useI18n } from "../i18n/i18n.tsx"
import { Cell } from "./cell.tsx"
import { createRowOrder } from "./row-order.ts"
import { RowBox, ChooseAll } from "./row-box.tsx"
import type { RowSelection } from "./row-selection.ts"
import { createVirtualRows } from "./virtual-rows.ts"

export interface Column<Row> {
  id: string
  label: string
  /** The label is for those who do not see the table. */
  isLabelHidden?: boolean
  /** Its share of the width, as a class of the head's cell. */
  width?: string
  end?: boolean
  /** A class of each of its cells. */
  class?: string
  /** How the cell stands where rows are blocks; see `Cell`. */
  block?: "wide" | "double" | "corner"
  /** The value is named there by the column's label. */
  isNamed?: boolean
  /** Makes the column one to sort by, ascending. */
  compare?: (one: Row, other: Row) => number
  cell: (row: Row) => JSX.Element
}

/** A column's id, with a minus in front when it descends. */
export type Sort = string

interface DataTableProps<Row> {
  label: string
  rows: readonly Row[]
  keyOf: (row: Row) => string
  columns: readonly Column<Row>[]
  sort?: Sort | undefined
  onSort?: (sort: Sort | undefined) => void
  /** Orders that no column has, by their name, ascending. */
  compares?: Readonly<Record<string, (one: Row, other: Row) => number>>
  /** Another value sorts anew: a row was moved by hand. */
  sortMark?: unknown
  /** Its rows can be chosen. */
  selection?: RowSelection<Row> | undefined
  /** What the box of a row is called. */
  choose?: (row: Row) => string
  /** About how high a row is, in pixels. */
  rowHeight?: number
}

const steps: Readonly<Record<string, (index: number, last: number) => number>> = {
  ArrowDown: (index) => index + 1,
  ArrowUp: (index) => index - 1,
  PageDown: (index) => index + 10,
  PageUp: (index) => index - 10,
  Home: () => 0,
  End: (_index, last) => last,
}

export function DataTable<Row extends object>(props: DataTableProps<Row>) {
  const compare = createMemo(() => {
    const { sort } = props
    const name = sort?.replace("-", "") ?? ""
    const ascending = props.columns.find(({ id }) => id === name)?.compare ?? props.compares?.[name]
    if (sort === undefined || ascending === undefined) return undefined
    return sort.startsWith("-") ? (one: Row, other: Row) => ascending(other, one) : ascending
  })
  const order = createRowOrder<Row>({
    rows: () => props.rows,
    keyOf: (row) => props.keyOf(row),
    compare,
    mark: () => props.sortMark,
  })
  const sorted = order.ordered
  const virtual = createVirtualRows<Row>({
    rows: sorted,
    keyOf: (row) => props.keyOf(row),
    // eslint-disable-next-line solid/reactivity -- a first guess only
    estimate: props.rowHeight ?? 56,
  })
  const [active, setActive] = createSignal(0)
  let body: HTMLElement | undefined

  const walk = (event: KeyboardEvent) => {
    const step = steps[event.key]
    const isRow = event.target instanceof HTMLElement && event.target.getAttribute("role") === "row"
    if (!isRow || event.altKey || event.ctrlKey || event.metaKey) return
    const row = sorted()[active()]
    if (event.key === " " && props.selection !== undefined && row !== undefined) {
      event.preventDefault()
      props.selection.toggle(row, event.shiftKey ? sorted() : undefined)
    }
    if (step === undefined) return
    event.preventDefault()
    const last = sorted().length - 1
    const next = Math.max(0, Math.min(last, step(active(), last)))
    setActive(next)
    virtual.reveal(next)
    body?.querySelector<HTMLElement>(`[aria-rowindex="${next + 2}"]`)?.focus({ preventScroll: true })
  }

  return (
    <table role="table" class="table data-table" aria-label={props.label} aria-rowcount={sorted().length + 1}>
      <thead role="rowgroup">
        <tr role="row" aria-rowindex={1}>
          <Show when={props.selection}>
            {(selection) => (
              <th role="columnheader" scope="col" class="lg:w-11">
                <ChooseAll selection={selection()} />
              </th>
            )}
          </Show>
          <For each={props.columns}>
            {(column) => (
              <Head
                column={column}
                sort={props.sort}
                onSort={props.onSort}
                onAgain={order.isOld() ? order.again : undefined}
              />
            )}
          </For>
        </tr>
      </thead>
      <tbody
        role="rowgroup"
        onKeyDown={walk}
        ref={(element) => {
          body = element
          virtual.setBody(element)
        }}
      >
        <Room height={virtual.before()} />
        <For each={virtual.visible()}>
          {(row, index) => {
            const place = () => virtual.range().start + index()
            return (
              <tr
                role="row"
                aria-rowindex={place() + 2}
                data-key={props.keyOf(row)}
                data-chosen={props.selection?.has(row) === true ? "" : undefined}
                tabIndex={place() === Math.min(active(), sorted().length - 1) ? 0 : -1}
                onFocusIn={() => setActive(place())}
                ref={(element) => virtual.measure(element, row)}
              >
                <Show when={props.selection}>
                  {(selection) => (
                    <td role="cell" data-choose="">
                      <RowBox
                        isChosen={selection().has(row)}
                        label={props.choose?.(row) ?? ""}
                        onToggle={(isRange) => selection().toggle(row, isRange ? sorted() : undefined)}
                      />
                    </td>
                  )}
                </Show>
                <For each={props.columns}>
                  {(column) => (
                    <Cell
                      class={column.class ?? ""}
                      label={column.isNamed === true ? column.label : ""}
                      end={column.end === true}
                      wide={column.block === "wide"}
                      double={column.block === "double"}
                      corner={column.block === "corner"}
                    >
                      {column.cell(row)}
                    </Cell>
                  )}
                </For>
              </tr>
            )
          }}
        </For>
        <Room height={virtual.after()} />
      </tbody>
    </table>
  )
}

/** The room of the rows that are not there. */
function Room(props: { height: number }) {
  return (
    <Show when={props.height > 0}>
      <tr aria-hidden="true" class="table-room" style={{ height: `${props.height}px` }} />
    </Show>
  )
}

interface HeadProps<Row> {
  column: Column<Row>
  sort: Sort | undefined
  onSort: ((sort: Sort | undefined) => void) | undefined
  /** There: values have changed since it was sorted. */
  onAgain: (() => void) | undefined
}

function Head<Row>(props: HeadProps<Row>) {
  const { t } = useI18n()
  const direction = () =>
    props.sort === props.column.id ? "ascending" : props.sort === `-${props.column.id}` ? "descending" : undefined
  // Up, down, and back to the list's own order.
  const next = () =>
    direction() === undefined ? props.column.id : direction() === "ascending" ? `-${props.column.id}` : undefined
  return (
    <th
      role="columnheader"
      scope="col"
      class={props.column.width}
      data-align={props.column.end === true ? "end" : undefined}
      aria-sort={direction()}
    >
      <Show
        when={props.column.compare !== undefined && props.onSort !== undefined}
        fallback={<span classList={{ "sr-only": props.column.isLabelHidden === true }}>{props.column.label}</span>}
      >
        <button
          type="button"
          class="-mx-1 inline-flex items-center gap-1 rounded px-1 hover:text-ink"
          onClick={() => props.onSort?.(next())}
        >
          {props.column.label}
          <Show when={direction() === "ascending"}>
            <ArrowUp class="size-3" aria-hidden="true" />
          </Show>
          <Show when={direction() === "descending"}>
            <ArrowDown class="size-3" aria-hidden="true" />
          </Show>
        </button>
        <Show when={direction() !== undefined && props.onAgain}>
          {(again) => (
            <button
              type="button"
              class="ml-1 inline-flex rounded p-0.5 align-middle text-point hover:bg-hover"
              aria-label={t("list.sortAgain")}
              title={t("list.sortAgain")}
              onClick={() => again()()}
            >
              <RotateCw class="size-3" aria-hidden="true" />
            </button>
          )}
        </Show>
      </Show>
    </th>
  )
}
