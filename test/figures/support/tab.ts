/** What a tab costs its browser, told by the browser: processor time of the page's main thread, and what it keeps after a collection. */
import type { CDPSession, Page } from "playwright-core"

export interface Kept {
  readonly heapBytes: number
  readonly domNodes: number
  readonly listeners: number
}

export interface Busy {
  /** Of one core, by the page's main thread. */
  readonly share: number
  readonly scriptShare: number
}

export class Tab {
  readonly #page: Page
  readonly #devtools: CDPSession

  private constructor(page: Page, devtools: CDPSession) {
    this.#page = page
    this.#devtools = devtools
  }

  static async of(page: Page): Promise<Tab> {
    const devtools = await page.context().newCDPSession(page)
    // Processor time: what else the machine does is not the panel's.
    await devtools.send("Performance.enable", { timeDomain: "threadTicks" })
    return new Tab(page, devtools)
  }

  async #metrics(): Promise<ReadonlyMap<string, number>> {
    const { metrics } = await this.#devtools.send("Performance.getMetrics")
    return new Map(metrics.map(({ name, value }) => [name, value]))
  }

  /** While `meanwhile` runs. */
  async busy(meanwhile: () => Promise<unknown>): Promise<Busy> {
    const begin = performance.now()
    const before = await this.#metrics()
    await meanwhile()
    const after = await this.#metrics()
    const seconds = (performance.now() - begin) / 1_000
    const share = (name: string): number => ((after.get(name) ?? 0) - (before.get(name) ?? 0)) / seconds
    return { share: share("TaskDuration"), scriptShare: share("ScriptDuration") }
  }

  /** After a collection of what is not used. */
  async kept(): Promise<Kept> {
    await this.#devtools.send("HeapProfiler.collectGarbage")
    const metrics = await this.#metrics()
    return {
      heapBytes: metrics.get("JSHeapUsedSize") ?? 0,
      domNodes: metrics.get("Nodes") ?? 0,
      listeners: metrics.get("JSEventListeners") ?? 0,
    }
  }

  /** Follows a link of the navigation, without loading the panel anew, until the page has its heading. */
  async follow(path: string): Promise<void> {
    const link = this.#page.locator(`nav a[href="${path}"]`).first()
    const name = (await link.innerText()).split("\n")[0] ?? ""
    await link.click()
    await this.#page.getByRole("heading", { level: 1, name, exact: true }).waitFor()
  }
}
