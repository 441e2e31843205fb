/** What was sent of alerts that go on for long: the last messages of each, however many there are. */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { expect, test } from "vitest"
import { waitFor } from "../../test/support/wait-for.ts"
import { createDelivery } from "../src/alerts/deliver.ts"
import type { Send } from "../src/alerts/send.ts"
import { startTestControlPlane } from "./support/control-plane.ts"
import { createManualClock } from "./support/manual-clock.ts"

const SENT = 60
const SHOWN = 50
const DOCUMENT = "{ alerts { edges { node { id deliveries { id } } } } }"

test("an alert tells of its last fifty messages, the oldest of them first", async () => {
  const control = await startTestControlPlane()
  try {
    const { prisma } = control.controlPlane.services.database
    const at = (second: number): Date => new Date(Date.UTC(2026, 0, 1, 0, 0, second))
    const { id: webhookId } = await prisma.webhook.create({
      data: {
        id: "whk_a",
        name: "Pager",
        origin: "https://hooks.example.test",
        sealedUrl: "",
        sealedSecret: "",
        createdAt: at(0),
      },
    })
    const expected = []
    for (const [index, id] of ["alt_a", "alt_b"].entries()) {
      await prisma.alert.create({
        data: {
          id,
          kind: "ERROR_RATE",
          ruleName: "Errors",
          since: at(index),
          changedAt: at(index),
          summary: "",
          wayOut: "",
          count: 1,
          evidence: [],
          toldOf: [],
        },
      })
      const sent = Array.from({ length: SENT }, (_, second) => `evt_${id}_${second}`)
      await prisma.alertDelivery.createMany({
        data: sent.map((deliveryId, second) => {
          return { id: deliveryId, alertId: id, webhookId, event: "alert.updated", body: "{}", createdAt: at(second) }
        }),
      })
      expected.unshift({ node: { id, deliveries: sent.slice(-SHOWN).map((deliveryId) => ({ id: deliveryId })) } })
    }
    expect(await control.data(DOCUMENT)).toEqual({ alerts: { edges: expected } })
  } finally {
    await control.stop()
  }
})

test("webhooks whose hosts do not answer hold up no other, nor what others get meanwhile", async () => {
  // Its own job looks once, at the start, and then not again: its time stands still.
  const control = await startTestControlPlane({ clock: createManualClock() })
  await waitFor(() => control.controlPlane.services.alerts.jobs.every(({ stats }) => stats.runs > 0))
  const hanging = createServer(() => undefined)
  await new Promise<void>((resolve) => hanging.listen(0, "127.0.0.1", resolve))
  const { port } = hanging.address() as AddressInfo // it listens on a port
  const end = new AbortController()
  try {
    const { database, log } = control.controlPlane.services
    const { prisma } = database
    const clock = createManualClock()
    const at = new Date(clock.now())
    const dead = Array.from({ length: 49 }, (_, index) => `whk_dead${index}`)
    const base = { origin: "", sealedUrl: "", sealedSecret: "", createdAt: at }
    await prisma.webhook.createMany({ data: [...dead, "whk_good"].map((id) => ({ ...base, id, name: id })) })
    const alert = { kind: "ERROR_RATE" as const, ruleName: "", since: at, changedAt: at, summary: "", wayOut: "" }
    await prisma.alert.create({ data: { ...alert, id: "alt_a", count: 1, evidence: [], toldOf: [] } })
    const message = (id: string, webhookId: string) => {
      return { id, alertId: "alt_a", webhookId, event: "alert.firing", body: "{}", createdAt: at, dueAt: at }
    }
    await prisma.alertDelivery.createMany({
      data: [...dead.map((id) => message(`evt_${id}`, id)), message("evt_first", "whk_good")],
    })
    const arrived: string[] = []
    let asked = 0
    // As slow as can be: no limit of its own ends what hangs.
    const send: Send = async ({ url }, { id }, signal) => {
      if (url === "whk_good") {
        arrived.push(id)
        return { type: "delivered", status: 200 }
      }
      asked += 1
      await fetch(`http://127.0.0.1:${port}`, signal === undefined ? {} : { signal }).catch(() => undefined)
      return { type: "failed", reason: "it was called off" }
    }
    const targetOf = ({ id }: { readonly id: string }) => ({ url: id, secret: "" })
    const delivery = createDelivery({
      database,
      clock,
      log,
      random: () => 0.5,
      send,
      targetOf,
      onChange: () => undefined,
    })
    const run = delivery.run(end.signal)
    await waitFor(() => arrived.length === 1 && asked === dead.length)
    await prisma.alertDelivery.create({ data: message("evt_second", "whk_good") })
    await waitFor(() => {
      clock.advance(500)
      return arrived.length === 2
    })
    expect(arrived).toEqual(["evt_first", "evt_second"])
    end.abort()
    await run
    expect(await prisma.alertDelivery.count({ where: { dueAt: { not: null } } })).toBe(dead.length)
  } finally {
    end.abort()
    hanging.closeAllConnections()
    hanging.close()
    await control.stop()
  }
})
