/** What holds for every page of the panel in a browser: axe finds nothing serious, and nothing sticks out of the window. */
import { readFile } from "node:fs/promises"
import { createRequire } from "node:module"
import type { Page } from "playwright-core"

const axePath = createRequire(import.meta.url).resolve("axe-core/axe.min.js")

interface AxeResults {
  readonly violations: readonly {
    readonly id: string
    readonly impact: string | null
    readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary?: string }[]
  }[]
}

/** What axe finds serious or critical on the page as it is, a line each. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  // Through the debugger's door, which the page's policy leaves open: a script element would be refused.
  if (!(await page.evaluate<boolean>("'axe' in window"))) await page.evaluate(await readFile(axePath, "utf8"))
  const { violations } = await page.evaluate<AxeResults>("axe.run(document, { resultTypes: ['violations'] })")
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`),
    )
}

/** By how many pixels the page is wider than its window, once what watches its own size has seen the window's new one. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate<number>(`(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
    for (let seen = 0; seen < 2; seen++) await frame()
    return document.documentElement.scrollWidth - document.documentElement.clientWidth
  })()`)
}
