import type { AlertRuleModel, WebhookModel } from "#generated/sqlite/models.ts"
import { QUOTA_BUCKETS } from "#shared/quota-bucket.ts"
import { builder, expectedFailures } from "../builder.ts"
import { AlertKind, AlertRule, Webhook } from "../types/alert.ts"

const DESCRIPTIONS = {
  threshold: "What it means, and what is allowed, is told by the kind.",
  forSeconds:
    "How long it must be met before its alert is raised, and be over before that is resolved; 0 to 86400. Longer: it comes and goes less often.",
  windowMinutes: "Of ERROR_RATE: over how long it counts; 1 to 1440.",
  errorCode: "Of ERROR_RATE: the one error that counts. Null: all that are not the client's.",
  bucket: `Of POOL_QUOTA and POOL_ACCOUNTS: one of ${QUOTA_BUCKETS.join(", ")}. Null: each of them.`,
  webhookId: "Where its alerts are sent from now on. Null: nowhere, they are seen in the API.",
}

const CreateAlertRuleInput = builder.inputType("CreateAlertRuleInput", {
  description: "What is left out is as in the built-in rule of the kind.",
  fields: (t) => ({
    kind: t.field({ type: AlertKind, required: true }),
    name: t.string(),
    enabled: t.boolean({ description: "False: it is made and not looked at." }),
    threshold: t.float({ description: DESCRIPTIONS.threshold }),
    forSeconds: t.int({ description: DESCRIPTIONS.forSeconds }),
    windowMinutes: t.int({ description: DESCRIPTIONS.windowMinutes }),
    errorCode: t.string({ description: DESCRIPTIONS.errorCode }),
    bucket: t.string({ description: DESCRIPTIONS.bucket }),
    webhookId: t.id({ description: DESCRIPTIONS.webhookId }),
  }),
})

const UpdateAlertRuleInput = builder.inputType("UpdateAlertRuleInput", {
  description: "What is left out stays as it is.",
  fields: (t) => ({
    name: t.string(),
    enabled: t.boolean({ description: "False: it is not looked at, and its alert is resolved." }),
    threshold: t.float({ description: DESCRIPTIONS.threshold }),
    forSeconds: t.int({ description: DESCRIPTIONS.forSeconds }),
    windowMinutes: t.int({ description: DESCRIPTIONS.windowMinutes }),
    errorCode: t.string({ description: DESCRIPTIONS.errorCode }),
    bucket: t.string({ description: DESCRIPTIONS.bucket }),
    webhookId: t.id({ description: DESCRIPTIONS.webhookId }),
  }),
})

const ADDRESS =
  "Where messages are posted. Its host must be allowed by the setting ALERT_WEBHOOK_HOSTS, and it begins with https:// unless that allows clear text. Never shown again."

const CreateWebhookInput = builder.inputType("CreateWebhookInput", {
  fields: (t) => ({
    name: t.string({ required: true }),
    url: t.string({ required: true, description: ADDRESS }),
  }),
})

const UpdateWebhookInput = builder.inputType("UpdateWebhookInput", {
  description: "What is left out or null stays as it is.",
  fields: (t) => ({
    name: t.string(),
    url: t.string({ description: ADDRESS }),
    enabled: t.boolean({ description: "False: nothing is sent there, and what waited is given up." }),
  }),
})

interface RuleResult {
  readonly alertRule: AlertRuleModel
}

interface WebhookResult {
  readonly webhook: WebhookModel
}

interface WebhookSecretResult extends WebhookResult {
  readonly secret: string
}

const CreateAlertRuleSuccess = builder.objectRef<RuleResult>("CreateAlertRuleSuccess").implement({
  fields: (t) => ({ alertRule: t.expose("alertRule", { type: AlertRule }) }),
})

const UpdateAlertRuleSuccess = builder.objectRef<RuleResult>("UpdateAlertRuleSuccess").implement({
  fields: (t) => ({ alertRule: t.expose("alertRule", { type: AlertRule }) }),
})

const RemoveAlertRuleSuccess = builder.objectRef<{ readonly alertRuleId: string }>("RemoveAlertRuleSuccess").implement({
  fields: (t) => ({ alertRuleId: t.exposeID("alertRuleId") }),
})

const SIGNS = "What messages are signed with, for the receiver. Shown this once."

const CreateWebhookSuccess = builder.objectRef<WebhookSecretResult>("CreateWebhookSuccess").implement({
  fields: (t) => ({
    webhook: t.expose("webhook", { type: Webhook }),
    secret: t.exposeString("secret", { description: SIGNS }),
  }),
})

const UpdateWebhookSuccess = builder.objectRef<WebhookResult>("UpdateWebhookSuccess").implement({
  fields: (t) => ({ webhook: t.expose("webhook", { type: Webhook }) }),
})

const RotateWebhookSecretSuccess = builder.objectRef<WebhookSecretResult>("RotateWebhookSecretSuccess").implement({
  fields: (t) => ({
    webhook: t.expose("webhook", { type: Webhook }),
    secret: t.exposeString("secret", { description: SIGNS }),
  }),
})

const RemoveWebhookSuccess = builder.objectRef<{ readonly webhookId: string }>("RemoveWebhookSuccess").implement({
  fields: (t) => ({ webhookId: t.exposeID("webhookId") }),
})

const TestWebhookSuccess = builder.objectRef<{ readonly status: number }>("TestWebhookSuccess").implement({
  fields: (t) => ({ status: t.exposeInt("status", { description: "What the receiver answered." }) }),
})

/** Making, changing, removing and trying what raises and sends alerts. */
export function addAlertMutations(): void {
  builder.mutationFields((t) => ({
    createAlertRule: t.field({
      type: CreateAlertRuleSuccess,
      authScopes: { scope: "OPERATE" },
      errors: expectedFailures,
      args: { input: t.arg({ type: CreateAlertRuleInput, required: true }) },
      resolve: async (_root, { input }, { services }) => {
        const { kind, ...fields } = input
        return { alertRule: await services.alerts.rules.create(kind, fields) }
      },
    }),
    updateAlertRule: t.field({
      type: UpdateAlertRuleSuccess,
      description: "A webhook that is set while an alert goes on hears of it with its next change.",
      authScopes: { scope: "OPERATE" },
      errors: expectedFailures,
      args: { id: t.arg.id({ required: true }), input: t.arg({ type: UpdateAlertRuleInput, required: true }) },
      resolve: async (_root, { id, input }, { services }) => ({
        alertRule: await services.alerts.rules.update(id, input),
      }),
    }),
    removeAlertRule: t.field({
      type: RemoveAlertRuleSuccess,
      description: "Resolves its alert. Built-in rules can be disabled only.",
      authScopes: { scope: "OPERATE" },
      errors: expectedFailures,
      args: { id: t.arg.id({ required: true }) },
      resolve: async (_root, { id }, { services }) => {
        await services.alerts.rules.remove(id)
        return { alertRuleId: id }
      },
    }),
    createWebhook: t.field({
      type: CreateWebhookSuccess,
      authScopes: { scope: "ADMIN" },
      errors: expectedFailures,
      args: { input: t.arg({ type: CreateWebhookInput, required: true }) },
      resolve: async (_root, { input }, { services }) => {
        const { row, secret } = await services.alerts.webhooks.create(input)
        return { webhook: row, secret }
      },
    }),
    updateWebhook: t.field({
      type: UpdateWebhookSuccess,
      authScopes: { scope: "ADMIN" },
      errors: expectedFailures,
      args: { id: t.arg.id({ required: true }), input: t.arg({ type: UpdateWebhookInput, required: true }) },
      resolve: async (_root, { id, input }, { services }) => ({
        webhook: await services.alerts.webhooks.update(id, input),
      }),
    }),
    rotateWebhookSecret: t.field({
      type: RotateWebhookSecretSuccess,
      description: "From now on messages are signed with the new one, those that wait to be sent again included.",
      authScopes: { scope: "ADMIN" },
      errors: expectedFailures,
      args: { id: t.arg.id({ required: true }) },
      resolve: async (_root, { id }, { services }) => {
        const { row, secret } = await services.alerts.webhooks.rotateSecret(id)
        return { webhook: row, secret }
      },
    }),
    removeWebhook: t.field({
      type: RemoveWebhookSuccess,
      description: "Its messages are forgotten; rules that sent there send nowhere.",
      authScopes: { scope: "ADMIN" },
      errors: expectedFailures,
      args: { id: t.arg.id({ required: true }) },
      resolve: async (_root, { id }, { services }) => {
        await services.alerts.webhooks.remove(id)
        return { webhookId: id }
      },
    }),
    testWebhook: t.field({
      type: TestWebhookSuccess,
      description: "Sends a test now, also to one that is disabled. Refused (`not_delivered`) when it does not arrive.",
      authScopes: { scope: "OPERATE" },
      errors: expectedFailures,
      args: { id: t.arg.id({ required: true }) },
      resolve: async (_root, { id }, { services }) => ({ status: await services.alerts.webhooks.test(id) }),
    }),
  }))
}
