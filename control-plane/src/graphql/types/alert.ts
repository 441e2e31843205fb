import * as enums from "#generated/sqlite/enums.ts"
import type { AlertModel } from "#generated/sqlite/models.ts"
import { ALERT_KINDS } from "../../alerts/kinds.ts"
import { ALERT_EVENTS, readEvidence, type AlertEvent as Event } from "../../alerts/message.ts"
import { builder } from "../builder.ts"
import type { Connection } from "../connection.ts"
import { oneOf } from "./described-values.ts"
import { CONNECTION, PageInfo } from "./page-info.ts"
import { knownBucket, QuotaBucket } from "./quota-enums.ts"

const kindValues = Object.fromEntries(
  Object.entries(ALERT_KINDS).map(([name, { description, threshold }]) => [
    name,
    { description: `${description}${threshold === undefined ? "" : ` Threshold: ${threshold.meaning}`}` },
  ]),
) as Record<enums.AlertKind, { description: string }> // the table's own keys

export const AlertKind = builder.enumType("AlertKind", {
  description: "What an alert rule looks at.",
  values: kindValues,
})

export const Webhook = builder.prismaObject("Webhook", {
  description: "Where alerts are sent. Its whole address and its secret are never shown again.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "For rules, updateWebhook, testWebhook and removeWebhook." }),
    name: t.exposeString("name", { description: "What people call it." }),
    origin: t.exposeString("origin", { description: "Scheme, host and port of its address." }),
    enabled: t.boolean({
      description: "False: nothing is sent there.",
      resolve: ({ disabledAt }) => disabledAt === null,
    }),
    failures: t.exposeInt("failures", { description: "Tries in a row that failed; 0: the last one was taken." }),
    lastError: t.exposeString("lastError", { nullable: true, description: "What the last of them met." }),
    lastFailureAt: t.expose("lastFailureAt", {
      type: "DateTime",
      nullable: true,
      description: "When a try last failed; null: never.",
    }),
    lastDeliveredAt: t.expose("lastDeliveredAt", {
      type: "DateTime",
      nullable: true,
      description: "When the receiver last took one; null: never.",
    }),
    waiting: t.int({
      description: "Messages that wait to be sent, or to be sent again.",
      resolve: async ({ id }, _args, { loadWaiting }) => (await loadWaiting(id))?.count ?? 0,
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was made." }),
  }),
})

export const AlertRule = builder.prismaObject("AlertRule", {
  description:
    "When an alert is raised. Each has at most one alert that goes on, whatever number of things it is about.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "For updateAlertRule and removeAlertRule." }),
    kind: t.expose("kind", { type: AlertKind, description: "What it looks at." }),
    name: t.exposeString("name", { description: "What its alerts are called, for people." }),
    builtIn: t.exposeBoolean("builtIn", {
      description: "There from the first start on; it can be disabled, not removed.",
    }),
    enabled: t.exposeBoolean("enabled", { description: "False: it is not looked at." }),
    threshold: t.float({
      nullable: true,
      description: "What it means is told by the kind; null: there is nothing to choose.",
      resolve: ({ kind, threshold }) => (ALERT_KINDS[kind].threshold === undefined ? null : threshold),
    }),
    forSeconds: t.exposeInt("forSeconds", {
      description: "How long it must be met before its alert is raised, and be over before that is resolved.",
    }),
    windowMinutes: t.exposeInt("windowMinutes", {
      nullable: true,
      description: "Of ERROR_RATE: over how long it counts.",
    }),
    errorCode: t.exposeString("errorCode", {
      nullable: true,
      description: "Of ERROR_RATE: the one error of requests that counts; null: all that are not the client's.",
    }),
    failureClass: t.exposeString("failureClass", {
      nullable: true,
      description:
        "Of ERROR_RATE: attempts count that failed in this way (docs/reference/blame.md), even where another one served; null: requests count.",
    }),
    bucket: t.field({
      type: QuotaBucket,
      nullable: true,
      description:
        "Of POOL_QUOTA and POOL_ACCOUNTS: the one that counts; null: each of them, or one that another version knows.",
      resolve: ({ bucket }) => (bucket === null ? null : knownBucket(bucket)),
    }),
    webhook: t.relation("webhook", { nullable: true, description: "Where its alerts are sent; null: nowhere." }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was made." }),
  }),
})

const AlertEvidence = builder.objectRef<ReturnType<typeof readEvidence>[number]>("AlertEvidence").implement({
  description: "One thing that an alert is about.",
  fields: (t) => ({
    subject: t.exposeString("subject", { description: "The id of an account, node, key or webhook; else a name." }),
    label: t.exposeString("label", { description: "What people call it." }),
    detail: t.exposeString("detail", { description: "What is the matter with it, for a person." }),
  }),
})

const AlertEvent = builder.enumType("AlertEvent", {
  description: "What a message to a webhook tells, as its `type`.",
  values: {
    FIRING: { value: "alert.firing", description: "An alert was raised." },
    UPDATED: { value: "alert.updated", description: "It is about more than before." },
    RESOLVED: { value: "alert.resolved", description: "It is over." },
  } satisfies Record<string, { value: Event; description: string }>,
})

builder.prismaObject("AlertDelivery", {
  description: "One message to a webhook.",
  fields: (t) => ({
    id: t.exposeID("id", {
      description: "The event's: the receiver gets it in `lagrange-event-id`, the same with every try.",
    }),
    event: t.field({
      type: AlertEvent,
      description: "What it tells.",
      resolve: ({ event }) => oneOf(ALERT_EVENTS, event),
    }),
    webhook: t.relation("webhook", { description: "Where it goes." }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was written." }),
    attempts: t.exposeInt("attempts", { description: "How often it was tried." }),
    deliveredAt: t.expose("deliveredAt", {
      type: "DateTime",
      nullable: true,
      description: "When the receiver took it; null: it has not.",
    }),
    nextAttemptAt: t.expose("dueAt", {
      type: "DateTime",
      nullable: true,
      description: "When it is tried next; null: it arrived, or it is not tried any more.",
    }),
    lastStatus: t.exposeInt("lastStatus", { nullable: true, description: "What the receiver answered last." }),
    lastError: t.exposeString("lastError", { nullable: true, description: "Why it has not arrived." }),
  }),
})

/** An alert that goes on for months sends a message for each thing that comes new. */
const SHOWN_DELIVERIES = 50

export const Alert = builder.prismaObject("Alert", {
  description: "One episode: from when a rule was met until it no longer was.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "The same in every message about it." }),
    kind: t.expose("kind", { type: AlertKind, description: "What its rule looks at." }),
    name: t.exposeString("ruleName", { description: "What its rule was called when it was raised." }),
    rule: t.relation("rule", { type: AlertRule, nullable: true, description: "Null: the rule was removed." }),
    firing: t.boolean({ description: "It goes on; false: it is over.", resolve: ({ until }) => until === null }),
    since: t.expose("since", { type: "DateTime", description: "When it was raised." }),
    until: t.expose("until", { type: "DateTime", nullable: true, description: "Null: it goes on." }),
    changedAt: t.expose("changedAt", {
      type: "DateTime",
      description: "When it was raised or resolved, or was last about something else.",
    }),
    summary: t.exposeString("summary", { description: "One line for a person." }),
    wayOut: t.exposeString("wayOut", { description: "What to do about it." }),
    count: t.exposeInt("count", {
      description: "How many accounts, buckets, nodes … it is about now, or was at last.",
    }),
    evidence: t.field({
      type: [AlertEvidence],
      description: "The first twenty of them.",
      resolve: ({ evidence }) => readEvidence(evidence),
    }),
    deliveries: t.relation("deliveries", {
      description: `Its last ${SHOWN_DELIVERIES} messages, oldest first.`,
      query: {
        where: { event: { in: [...ALERT_EVENTS] } },
        orderBy: [{ createdAt: "asc" }, { id: "asc" }],
        take: -SHOWN_DELIVERIES,
      },
    }),
  }),
})

builder.prismaObjectField("AlertRule", "alert", (t) =>
  t.field({
    type: Alert,
    nullable: true,
    description: "The one that goes on.",
    resolve: async ({ id }, _args, { loadFiringAlert }) => (await loadFiringAlert(id))?.alert ?? null,
  }),
)

const AlertEdge = builder.objectRef<Connection<AlertModel>["edges"][number]>("AlertEdge").implement({
  description: "An alert and its place in the order.",
  fields: (t) => ({
    cursor: t.exposeString("cursor", { description: CONNECTION.cursor }),
    node: t.expose("node", { type: Alert, description: CONNECTION.node }),
  }),
})

export const AlertConnection = builder.objectRef<Connection<AlertModel>>("AlertConnection").implement({
  description: "A page of alerts.",
  fields: (t) => ({
    edges: t.field({ type: [AlertEdge], description: CONNECTION.edges, resolve: ({ edges }) => [...edges] }),
    pageInfo: t.expose("pageInfo", { type: PageInfo, description: CONNECTION.pageInfo }),
  }),
})
