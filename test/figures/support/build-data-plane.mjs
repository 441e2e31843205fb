import { ensureBuilt } from "../../../scripts/lib/bundles.mjs"

/** Vitest calls it once before the figures are taken, so that they are those of what the sources say now. */
export default async function buildDataPlane() {
  await ensureBuilt(["data-plane"])
}
