import { expect, test } from "vitest"
import { waitFor } from "../../test/support/wait-for.ts"
import { createRetention, KEEP_REQUESTS_MS } from "../src/jobs/retention.ts"
import { startTestControlPlane } from "./support/control-plane.ts"
import { createManualClock } from "./support/manual-clock.ts"

test("requests are forgotten by age and by number, the newest kept; sessions that are over go too", async () => {
  const clock = createManualClock()
  const control = await startTestControlPlane({ clock })
  try {
    const { database, auth, log } = control.controlPlane.services
    const { requestRecord, session } = database.prisma
    const ages = [KEEP_REQUESTS_MS + 1, 4_000, 3_000, 2_000, 1_000]
    await requestRecord.createMany({
      data: ages.map((age, index) => ({
        id: `req_${index}`,
        startedAt: new Date(clock.now() - age),
        dialect: "gemini",
        stream: false,
        outcome: "COMPLETED" as const,
        status: 200,
        durationMs: 1,
        attempts: [],
        dropped: [],
      })),
    })
    await control.signIn()
    clock.advance(1)
    const job = createRetention({ clock, log, database, forgetters: [auth], keepRequests: 3 })
    job.start()
    await waitFor(async () => (await requestRecord.count()) === 3)
    const kept = await requestRecord.findMany({ orderBy: { id: "asc" } })
    expect(kept.map(({ id }) => id)).toEqual(["req_2", "req_3", "req_4"])
    expect(await session.count()).toBe(1)
    clock.advance(KEEP_REQUESTS_MS)
    job.wake()
    await waitFor(async () => (await requestRecord.count()) === 0 && (await session.count()) === 0)
    await job.stop()
  } finally {
    await control.stop()
  }
})
