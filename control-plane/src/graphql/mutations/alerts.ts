import type { AlertRuleModel, WebhookModel } from "#generated/sqlite/models.ts"
import { builder, expectedFailures } from "../builder.ts"
import { AlertKind, AlertRule, Webhook } from "../types/alert.ts"
import { QuotaBucket } from "../types/quota-enums.ts"

const DESCRIPTIONS = {
  threshold: "What it means, and what is allowed, is told by the kind.",
  forSeconds:
    "How long it must be met before its alert is raised, and be over before that is resolved; 0 to 86400. Longer: it comes and goes less often.",
  windowMinutes: "Of ERROR_RATE: over how long it counts; 1 to 1440.",
  errorCode: "Of ERROR_RATE: the one error of requests that counts. Null: all that are not the client's.",
  failureClass:
    "Of ERROR_RATE, in place of an errorCode: the share of attempts that fail in this way (docs/reference/blame.md) counts, even where another one served. Null: requests count.",
  bucket: "Of POOL_QUOTA and POOL_ACCOUNTS: the one that counts. Null: each of them.",
  webhookId: "Where its alerts are sent from now on. Null: nowhere, they are seen in the API.",
}

const CreateAlertRuleInput = builder.inputType("CreateAlertRuleInput", {
  description: "What is left out is as in the built-in rule of the kind.",
  fields: (t) => ({
    kind: t.field({ type: AlertKind, required: true, description: "What it looks at; it stays so." }),
    name: t.string({ description: "What its alerts are called, for people." }),
    enabled: t.boolean({ description: "False: it is made and not looked at." }),
    threshold: t.float({ description: DESCRIPTIONS.threshold }),
    forSeconds: t.int({ description: DESCRIPTIONS.forSeconds }),
    windowMinutes: t.int({ description: DESCRIPTIONS.windowMinutes }),
    errorCode: t.string({ description: DESCRIPTIONS.errorCode }),
    failureClass: t.string({ description: DESCRIPTIONS.failureClass }),
    bucket: t.field({ type: QuotaBucket, description: DESCRIPTIONS.bucket }),
    webhookId: t.id({ description: DESCRIPTIONS.webhookId }),
  }),
})

const UpdateAlertRuleInput = builder.inputType("UpdateAlertRuleInput", {
  description: "What is left out stays as it is.",
  fields: (t) => ({
    name: t.string({ description: "What its alerts are called, for people." }),
    enabled: t.boolean({ description: "False: it is not looked at, and its alert is resolved." }),
    threshold: t.float({ description: DESCRIPTIONS.threshold }),
    forSeconds: t.int({ description: DESCRIPTIONS.forSeconds }),
    windowMinutes: t.int({ description: DESCRIPTIONS.windowMinutes }),
    errorCode: t.string({ description: DESCRIPTIONS.errorCode }),
    failureClass: t.string({ description: DESCRIPTIONS.failureClass }),
    bucket: t.field({ type: QuotaBucket, description: DESCRIPTIONS.bucket }),
    webhookId: t.id({ description: DESCRIPTIONS.webhookId }),
  }),
})

const ADDRESS =
  "Where messages are posted. Its host must be allowed by the setting ALERT_WEBHOOK_HOSTS, and it begins with https:// unless that allows clear text. Never shown again."

const CreateWebhookInput = builder.inputType("CreateWebhookInput", {
  description: "Where alerts may be sent from now on.",
  fields: (t) => ({
    name: t.string({ required: true, description: "What people call it." }),
    url: t.string({ required: true, description: ADDRESS }),
  }),
})

const UpdateWebhookInput = builder.inputType("UpdateWebhookInput", {
  description: "What is left out or null stays as it is.",
  fields: (t) => ({
    name: t.string({ description: "What people call it." }),
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
  description: "The rule is made, and is looked at if it is enabled.",
  fields: (t) => ({ alertRule: t.expose("alertRule", { type: AlertRule, description: "The one that was made." }) }),
})

const UpdateAlertRuleSuccess = builder.objectRef<RuleResult>("UpdateAlertRuleSuccess").implement({
  description: "What was given is in force.",
  fields: (t) => ({ alertRule: t.expose("alertRule", { type: AlertRule, description: "As it is now." }) }),
})

const RemoveAlertRuleSuccess = builder.objectRef<{ readonly alertRuleId: string }>("RemoveAlertRuleSuccess").implement({
  description: "The rule is gone, and its alert is over.",
  fields: (t) => ({ alertRuleId: t.exposeID("alertRuleId", { description: "The one that was removed." }) }),
})

const SIGNS = "What messages are signed with, for the receiver. Shown this once."

const CreateWebhookSuccess = builder.objectRef<WebhookSecretResult>("CreateWebhookSuccess").implement({
  description: "The webhook is made; rules that name it send there.",
  fields: (t) => ({
    webhook: t.expose("webhook", { type: Webhook, description: "The one that was made." }),
    secret: t.exposeString("secret", { description: SIGNS }),
  }),
})

const UpdateWebhookSuccess = builder.objectRef<WebhookResult>("UpdateWebhookSuccess").implement({
  description: "What was given is in force.",
  fields: (t) => ({ webhook: t.expose("webhook", { type: Webhook, description: "As it is now." }) }),
})

const RotateWebhookSecretSuccess = builder.objectRef<WebhookSecretResult>("RotateWebhookSecretSuccess").implement({
  description: "The webhook has a new secret.",
  fields: (t) => ({
    webhook: t.expose("webhook", { type: Webhook, description: "The same webhook." }),
    secret: t.exposeString("secret", { description: SIGNS }),
  }),
})

const RemoveWebhookSuccess = builder.objectRef<{ readonly webhookId: string }>("RemoveWebhookSuccess").implement({
  description: "The webhook is gone.",
  fields: (t) => ({ webhookId: t.exposeID("webhookId", { description: "The one that was removed." }) }),
})

const TestWebhookSuccess = builder.objectRef<{ readonly status: number }>("TestWebhookSuccess").implement({
  description: "The receiver took the message.",
  fields: (t) => ({ status: t.exposeInt("status", { description: "What the receiver answered." }) }),
})

/** Making, changing, removing and trying what raises and sends alerts. */
export function addAlertMutations(): void {
  builder.mutationFields((t) => ({
    createAlertRule: t.field({
      type: CreateAlertRuleSuccess,
      description: "Makes a rule of one kind, beside those that are built in; at most 100 in all.",
      authScopes: { scope: "OPERATE" },
      errors: expectedFailures,
      args: {
        input: t.arg({
          type: CreateAlertRuleInput,
          required: true,
          description: "What it looks at, from when on, and where its alerts go.",
        }),
      },
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
      args: {
        id: t.arg.id({ required: true, description: "The rule to change." }),
        input: t.arg({ type: UpdateAlertRuleInput, required: true, description: "What becomes another." }),
      },
      resolve: async (_root, { id, input }, { services }) => ({
        alertRule: await services.alerts.rules.update(id, input),
      }),
    }),
    removeAlertRule: t.field({
      type: RemoveAlertRuleSuccess,
      description: "Resolves its alert. Built-in rules can be disabled only.",
      authScopes: { scope: "OPERATE" },
      errors: expectedFailures,
      args: { id: t.arg.id({ required: true, description: "The rule to remove." }) },
      resolve: async (_root, { id }, { services }) => {
        await services.alerts.rules.remove(id)
        return { alertRuleId: id }
      },
    }),
    createWebhook: t.field({
      type: CreateWebhookSuccess,
      description: "Makes a place to send alerts to; at most 50. updateAlertRule lets a rule send there.",
      authScopes: { scope: "ADMIN" },
      errors: expectedFailures,
      args: { input: t.arg({ type: CreateWebhookInput, required: true, description: "Its name and address." }) },
      resolve: async (_root, { input }, { services }) => {
        const { row, secret } = await services.alerts.webhooks.create(input)
        return { webhook: row, secret }
      },
    }),
    updateWebhook: t.field({
      type: UpdateWebhookSuccess,
      description: "Changes what is given. Another address is tried with the next message.",
      authScopes: { scope: "ADMIN" },
      errors: expectedFailures,
      args: {
        id: t.arg.id({ required: true, description: "The webhook to change." }),
        input: t.arg({ type: UpdateWebhookInput, required: true, description: "What becomes another." }),
      },
      resolve: async (_root, { id, input }, { services }) => ({
        webhook: await services.alerts.webhooks.update(id, input),
      }),
    }),
    rotateWebhookSecret: t.field({
      type: RotateWebhookSecretSuccess,
      description: "From now on messages are signed with the new one, those that wait to be sent again included.",
      authScopes: { scope: "ADMIN" },
      errors: expectedFailures,
      args: { id: t.arg.id({ required: true, description: "The webhook whose secret is replaced." }) },
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
      args: { id: t.arg.id({ required: true, description: "The webhook to remove." }) },
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
      args: { id: t.arg.id({ required: true, description: "The webhook to send to." }) },
      resolve: async (_root, { id }, { services }) => ({ status: await services.alerts.webhooks.test(id) }),
    }),
  }))
}
