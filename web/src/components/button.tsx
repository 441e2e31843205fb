import { type ComponentProps, splitProps } from "solid-js"

interface ButtonProps extends ComponentProps<"button"> {
  look?: "primary" | "secondary" | "danger" | "plain"
  /** Square, for one icon; give it an `aria-label`. */
  icon?: boolean
}

/** A button in one of four looks; it submits nothing unless its `type` says so. */
export function Button(props: ButtonProps) {
  const [own, rest] = splitProps(props, ["look", "icon", "class", "children"])
  return (
    <button
      type="button"
      {...rest}
      class={`button button-${own.look ?? "secondary"} ${own.class ?? ""}`}
      classList={{ "button-icon": own.icon === true }}
    >
      {own.children}
    </button>
  )
}
