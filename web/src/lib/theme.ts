/** Light, dark, or as the system prefers; kept in this browser, read before the first paint by `public/appearance.js`. */
import { createRoot, createSignal } from "solid-js"

export type Theme = "system" | "light" | "dark"

const key = "lagrange.theme"

const read = (): Theme => {
  const kept = localStorage.getItem(key)
  return kept === "light" || kept === "dark" ? kept : "system"
}

const [theme, show] = createRoot(() => createSignal<Theme>(read()))

export { theme }

/** Chooses a theme for this browser, at once and for later. */
export function setTheme(next: Theme) {
  show(next)
  if (next === "system") {
    localStorage.removeItem(key)
    delete document.documentElement.dataset["theme"]
  } else {
    localStorage.setItem(key, next)
    document.documentElement.dataset["theme"] = next
  }
}
