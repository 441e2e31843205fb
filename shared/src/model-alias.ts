/**
 * Names that answer although the upstream does not know them, as data: asked name to upstream id.
 *
 * A name without `*` outranks the live list. A pattern (one `*`, which also stands for nothing) counts only for names that
 * are not in the live list. A `*` in its target repeats what the one in the pattern stood for, so that `family*` leads to the
 * successor of each member and a name that never was leads nowhere; such a target counts only where it is offered. A target
 * that is not offered is looked up here again: a chain of retired names ends at the model that took their place.
 *
 * A target may ask something in brackets (`name-wish.ts`), which counts where the request itself says nothing: `family(high)`. A
 * pattern whose target is the name itself only asks: it counts for every name that it matches, offered or not.
 */
import { IMAGE_RATIOS } from "./name-wish.ts"

/** Claude Code's picker keeps only ids that look like Claude's: before any other id this makes one. */
export const CLAUDE_LOOK = "claude-gw-"

export const DEFAULT_ALIASES: Readonly<Record<string, string>> = {
  // Claude: the bare name of Opus is refused, the suffixed name of Sonnet is unknown.
  "claude-opus-4-6": "claude-opus-4-6-thinking",
  "claude-opus-4.6": "claude-opus-4-6-thinking",
  "claude-opus-4-5": "claude-opus-4-6-thinking",
  "claude-opus-4-5-thinking": "claude-opus-4-6-thinking",
  "claude-opus-4.5": "claude-opus-4-6-thinking",
  "claude-sonnet-4-6-thinking": "claude-sonnet-4-6",
  "claude-sonnet-4.6": "claude-sonnet-4-6",
  "claude-sonnet-4-5": "claude-sonnet-4-6",
  "claude-sonnet-4-5-thinking": "claude-sonnet-4-6",
  "claude-sonnet-4.5": "claude-sonnet-4-6",
  "claude-opus-4.1": "claude-opus-4-6-thinking",
  "claude-opus-4": "claude-opus-4-6-thinking",
  "claude-opus-4-0": "claude-opus-4-6-thinking",
  "claude-sonnet-4": "claude-sonnet-4-6",
  "claude-sonnet-4-0": "claude-sonnet-4-6",
  "claude-opus-4-6-2*": "claude-opus-4-6-thinking",
  "claude-opus-4-5-*": "claude-opus-4-6-thinking",
  "claude-opus-4-1*": "claude-opus-4-6-thinking",
  "claude-opus-4-2*": "claude-opus-4-6-thinking",
  "claude-sonnet-4-6-2*": "claude-sonnet-4-6",
  "claude-sonnet-4-5-*": "claude-sonnet-4-6",
  "claude-sonnet-4-2*": "claude-sonnet-4-6",
  "claude-3-*": "claude-sonnet-4-6",
  "claude-haiku-*": "claude-sonnet-4-6",

  // Gemini Pro: `-high` is still listed and refused.
  "gemini-3.1-pro": "gemini-pro-agent",
  "gemini-3.1-pro-preview": "gemini-pro-agent",
  "gemini-3.1-pro-high": "gemini-pro-agent",
  "gemini-3-pro": "gemini-pro-agent",
  "gemini-3-pro-preview": "gemini-pro-agent",
  "gemini-3-pro-high": "gemini-pro-agent",
  "gemini-3-pro-low": "gemini-3.1-pro-low",
  "gemini-3-pro-image*": "gemini-3.1-flash-image*",
  "gemini-3.1-flash-image*": "gemini-3-pro-image*",
  "gemini-2.5-flash-image*": "gemini-3.1-flash-image*",
  "gemini-2.5-pro*": "gemini-3.1-pro*",

  // Gemini Flash: a family's name means the tier that takes any budget; what is shown as 3.5 has names of its own.
  "gemini-3.8-flash": "gemini-3.8-flash-tiered",
  "gemini-3.8-flash-minimal": "gemini-3.8-flash-low(minimal)",
  "gemini-3.7-flash": "gemini-3.7-flash-tiered",
  "gemini-3.6-flash": "gemini-3.6-flash-tiered",
  "gemini-3.6-flash-minimal": "gemini-3.6-flash-low(minimal)",
  "gemini-3.5-flash": "gemini-3.5-flash-low",
  "gemini-3.5-flash-high": "gemini-3-flash-agent",
  "gemini-3.5-flash-medium": "gemini-3.5-flash-low",
  "gemini-3.5-flash-minimal": "gemini-3.5-flash-extra-low(minimal)",
  "gemini-3-flash-thinking": "gemini-3-flash",

  // What gemini-cli asks for by itself, and the previews that its ids once were.
  "gemini-3.1-pro-preview-customtools": "gemini-pro-agent",
  "gemini-3.5-flash-lite": "gemini-3.1-flash-lite",
  "gemini-3-flash-preview": "gemini-3-flash",
  "gemini-3.1-flash-lite-preview": "gemini-3.1-flash-lite",
  "gemini-3.5-flash-preview": "gemini-3.5-flash-low",
  "gemini-3.8-flash-preview": "gemini-3.8-flash-tiered",
  "gemini-*-preview": "gemini-*",
  "gemini-2.5-pro-preview-*": "gemini-2.5-pro",
  "gemini-2.5-flash-preview-*": "gemini-2.5-flash",
  "gemini-2.5-flash-lite-preview-*": "gemini-2.5-flash-lite",

  // Where retired names of the Flash line lead, the newest last.
  "gemini-2.5-flash-lite*": "gemini-3.1-flash-lite*",
  "gemini-2.5-flash*": "gemini-3-flash*",
  "gemini-3-flash-agent*": "gemini-3.6-flash-high*",
  "gemini-3-flash*": "gemini-3.6-flash*",
  "gemini-3.5-flash-low*": "gemini-3.6-flash-medium*",
  "gemini-3.5-flash-extra-low*": "gemini-3.6-flash-low*",
  "gemini-3.5-flash*": "gemini-3.6-flash*",
  "gemini-3.6-flash*": "gemini-3.7-flash*",
  "gemini-3.7-flash*": "gemini-3.8-flash*",
  "gemini-3.8-flash-tiered*": "gemini-3.8-flash-medium*",
  "gemini-3.1-flash-lite*": "gemini-3.8-flash-low*",

  "gpt-oss-120b": "gpt-oss-120b-medium",

  // OpenAI's own image models stand for the one that is there.
  "dall-e-*": "gemini-3.1-flash-image",
  "gpt-image-*": "gemini-3.1-flash-image",

  // What a suffix asks of any model, where no model has that name.
  "*-thinking": "*-thinking(auto)",
  "gemini-*-thinking": "gemini-*",
  "claude-*-thinking": "claude-*",
  "*-minimal": "*(minimal)",
  "*-low": "*(low)",
  "*-medium": "*(medium)",
  "*-high": "*(high)",
  ...Object.fromEntries(IMAGE_RATIOS.map((ratio) => [`gemini-*-${ratio.replace(":", "x")}`, `gemini-*(${ratio})`])),
  "gemini-*-1k": "gemini-*(1K)",
  "gemini-*-2k": "gemini-*(2K)",
  "gemini-*-4k": "gemini-*(4K)",

  [`${CLAUDE_LOOK}*`]: "*",
}

/** `pattern` against `name`: what its `*` stands for, or undefined when it does not match. */
export function matchPattern(pattern: string, name: string): string | undefined {
  const star = pattern.indexOf("*")
  if (star === -1) return pattern === name ? "" : undefined
  const before = pattern.slice(0, star)
  const after = pattern.slice(star + 1)
  const matches = name.length >= before.length + after.length && name.startsWith(before) && name.endsWith(after)
  return matches ? name.slice(before.length, name.length - after.length) : undefined
}

/** The one name that a list can show for an alias: the name itself, and `gemini-2.5-pro` for `gemini-2.5-pro*`. */
export function shownName(alias: string): string | undefined {
  if (!alias.includes("*")) return alias
  // After a letter the star stands for nothing first of all; `claude-3-*` is only the beginning of names.
  return /^[^*]*[A-Za-z]\*$/.test(alias) ? alias.slice(0, -1) : undefined
}
