/** What was sent of alerts that go on for long: the last messages of each, however many there are. */
import { expect, test } from "vitest"
import { startTestControlPlane } from "./support/control-plane.ts"

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
