/** What is sent to a webhook: the body, written once and sent as it is however often, and the signature that proves it. */
import { createHmac } from "node:crypto"
import type { AlertModel } from "#generated/sqlite/models.ts"
import { items, textField } from "../json.ts"
import type { AlertEvidence } from "./findings.ts"

/** Rises when a field goes or changes its meaning; fields that are added do not raise it. */
export const MESSAGE_VERSION = 1
export const SIGNATURE_HEADER = "lagrange-signature"
export const EVENT_ID_HEADER = "lagrange-event-id"

export const ALERT_EVENTS = ["alert.firing", "alert.updated", "alert.resolved"] as const

export type AlertEvent = (typeof ALERT_EVENTS)[number]

/** `id` is the same however often it is sent. */
export function alertBody(id: string, event: AlertEvent, alert: AlertModel, now: number): string {
  const { until } = alert
  return JSON.stringify({
    version: MESSAGE_VERSION,
    id,
    type: event,
    createdAt: new Date(now).toISOString(),
    // Chats show this one field.
    text: `${event === "alert.resolved" ? "Resolved" : "Alert"}: ${alert.summary}`,
    alert: {
      id: alert.id,
      ruleId: alert.ruleId,
      kind: alert.kind,
      name: alert.ruleName,
      state: until === null ? "firing" : "resolved",
      since: alert.since.toISOString(),
      until: until?.toISOString() ?? null,
      summary: alert.summary,
      wayOut: alert.wayOut,
      count: alert.count,
      evidence: readEvidence(alert.evidence),
    },
  })
}

export function testBody(id: string, webhookName: string, now: number): string {
  return JSON.stringify({
    version: MESSAGE_VERSION,
    id,
    type: "test",
    createdAt: new Date(now).toISOString(),
    text: `Test: alerts of Lagrange reach the webhook “${webhookName}”.`,
  })
}

/** HMAC-SHA-256 over the time and the body, so that neither can be changed, and what is old can be told. */
export function signature(secret: string, body: string, now: number): string {
  const time = Math.floor(now / 1000)
  return `t=${time},v1=${createHmac("sha256", secret).update(`${time}.${body}`).digest("hex")}`
}

export function readEvidence(value: unknown): AlertEvidence[] {
  return items(value).flatMap((item) => {
    const subject = textField(item, "subject")
    if (subject === undefined) return []
    return [{ subject, label: textField(item, "label") ?? "", detail: textField(item, "detail") ?? "" }]
  })
}
