import type { ParentProps } from "solid-js"

interface CellProps {
  /** The column's name, shown beside the value where rows are blocks. */
  label?: string
  end?: boolean
  /** Takes the whole width where rows are blocks. */
  wide?: boolean
  /** Takes two columns there. */
  double?: boolean
  /** Stands in the upper corner where rows are blocks. */
  corner?: boolean
  class?: string
}

/** A cell that keeps its role when the row becomes a block on narrow screens. */
export function Cell(props: ParentProps<CellProps>) {
  return (
    <td
      role="cell"
      class={props.class}
      data-align={props.end === true ? "end" : undefined}
      data-wide={props.wide === true ? "" : undefined}
      data-double={props.double === true ? "" : undefined}
      data-corner={props.corner === true ? "" : undefined}
    >
      <span class="cell-label" aria-hidden="true">
        {props.label}
      </span>
      {props.children}
    </td>
  )
}

/** The name of a column. */
export function ColumnHeader(props: ParentProps<{ end?: boolean }>) {
  return (
    <th role="columnheader" scope="col" data-align={props.end === true ? "end" : undefined}>
      {props.children}
    </th>
  )
}
