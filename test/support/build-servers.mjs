import { ensureBuilt, SERVERS } from "../../scripts/lib/bundles.mjs"

/** Vitest calls it once before the tests that start whole processes, so that they run what the sources say now. */
export default async function buildServers() {
  await ensureBuilt(SERVERS)
}
