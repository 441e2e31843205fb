/** The audit of a whole control plane: what is written, by whom, and how little of it when there is too much. */
import { afterEach, beforeEach, expect, test } from "vitest"
import { startTestControlPlane, type TestControlPlane } from "./support/control-plane.ts"
import { createManualClock, type ManualClock } from "./support/manual-clock.ts"

let clock: ManualClock
let control: TestControlPlane

beforeEach(async () => {
  clock = createManualClock()
  control = await startTestControlPlane({ clock })
})

afterEach(() => control.stop())

async function events() {
  const { audit, database } = control.controlPlane.services
  await audit.settled()
  return database.prisma.auditEvent.findMany({ orderBy: { sequence: "asc" } })
}

test("the same refusal is written at once and then counted for a minute", async () => {
  const remove = `mutation { removeApiKey(id: "key_00000000000000000000000000") { __typename } }`
  for (let time = 0; time < 5; time++) await control.data(remove)
  const told = { action: "removeApiKey", actorKind: "ADMIN_TOKEN", actorName: "ADMIN_TOKEN", outcome: "REFUSED" }
  const [first, ...more] = await events()
  expect(first).toMatchObject({ ...told, code: "not_found", objectKind: "API_KEY", count: 1, address: "127.0.0.1" })
  expect(more).toEqual([])
  clock.advance(60_000)
  expect((await events())[1]).toMatchObject({ ...told, code: "not_found", count: 4 })
})
