/**
 * Which test shows that an input of GraphQL does what it says: each field of each input, each argument of each field. A new one is
 * written down here, with a test in which changing it changes an exchange, a limit, a job or an answer.
 */
import type { ProofRow } from "./proof.ts"

const of = (name: string): string => `control-plane/test/${name}.test.ts`
const planes = (name: string): string => `test/integration/${name}.test.ts`
const ACCOUNT_INPUTS = planes("account-inputs")
const ACCOUNTS = of("accounts")
const ADMINISTRATORS = of("administrators")
const ALERTS = of("alerts")
const BULK = of("bulk-accounts")
const CAPTURES = of("captures")
const EXPORT = of("export")
const IMPORT = of("import")
const KEYS = planes("api-keys")
const OAUTH = of("oauth")
const OAUTH_CLIENT = of("oauth-client")
const QUERIES = of("query-arguments")
const ROUTING = planes("routing")
const SETTINGS = of("settings")

const PAGE = "are as long as first says, and begin where after ends"
const OF_TIME = "is of the time from since to until, with at most so many points"
const ADDED = "comes back as ONBOARDING and becomes READY, told by subscription"
const REVOKED = "leaves its credential as it is at the provider unless that is asked for, of many too"
const ALERT_RULES = "are made, changed and removed, but for the built-in ones"
const MADE_RULE =
  "is raised by a rule as that was made: not by one that is disabled, sooner or later, and told where it says"
const WEBHOOK = "shows its secret once and its address never, and its messages are signed with it"
const WEBHOOK_FAILS = "that fails for a day loses what is older, and says so; one that is disabled is sent nothing"
const KEY = "a key is as good as what is said of it, and that can be taken back"
const ROUTED = "is in force when it answers, replaces the lists that are given, and keeps the others"
const RULE = "is for who fits its %s, as explainRoute says"
const RULE_TAGS = "is for keys with its keyTags; explainRoute asks for a key and a dialect"
const RULE_DOES = "refuses, chooses accounts by their tags, or chooses them by another strategy"
const CHAIN = "what follows when nobody can serve a model is the chain's next"
const SET = "is the default, the environment's, or what was set; unset it is the environment's again"
const BY_ACTOR = "by actor, action, object, time and what came of it"
const BARE_CODE = "a bare code belongs to the state that is given, or to the only sign-in under way"
const REFUSED_DOCUMENT = "the document %j is refused with %j"
const SEALED = "it shows nothing, and opens with the passphrase only"
const RENAMED = "updateAccount: the label is who an explained answer names, the project is what is sent"
const SWITCHED = "models that are switched at the same time are all switched, and nobody's other change is lost"
const SWITCHED_MANY = "models are switched of each, beside what it has"
const RELEASED = "many are released at once: all that fit, of one model or of all, after as many as were seen"
const CAPTURED =
  "a key is captured until a time that is at most a day away, and shows it; then by nobody's hand no more"
const REPLAYED = "a captured request is sent again: to the pool, to an address of this machine, and nowhere"
const ERASED = "bodies are erased with their time, with their key, with their requests, by hand, and for want of room"
const GENERATED = "with a generated password that is told once, a role, and a name in small letters"

export const INPUT_PROOFS: readonly ProofRow[] = [
  ["Account.quotaHistory", "bucket window", QUERIES, "is of the bucket and the window"],
  ["Account.quotaHistory", "since until points", QUERIES, OF_TIME],
  ["AccountFilter", "enabled ids kinds models needsAttention search states tags tiers", BULK, "a filter"],
  ["AddAccountInput", "acknowledgedTerms apiKey baseUrl email refreshToken", ACCOUNTS, "refuses %j"],
  ["AddAccountInput", "kind", ACCOUNTS, "another kind is refused with a sentence"],
  ["AddAccountInput", "label", ACCOUNTS, ADDED],
  ["AddAccountInput", "priority", ACCOUNT_INPUTS, "priority"],
  ["AddAccountInput", "weight", ACCOUNT_INPUTS, "weight"],
  ["AddAccountInput", "tags", ACCOUNT_INPUTS, "tags"],
  ["AddAccountInput", "projectId", ACCOUNTS, "is not waited for to the end: the account is there, unchecked"],
  [
    "AddAccountInput",
    "clientId clientSecret",
    OAUTH_CLIENT,
    "carries the client of its refresh token, and is renewed with it whatever is in force",
  ],
  ["ApiKeyFilter", "name", QUERIES, "keys are found by their whole name"],
  ["AlertFilter", "firing kinds", QUERIES, "alerts are found by firing and by kinds"],
  ["AuditFilter", "action actorId actorName objectId outcome sequence since until", of("audit"), BY_ACTOR],
  ["CompleteOAuthInput", "callback", OAUTH, "the pasted address adds the account; the same address again is refused"],
  ["CompleteOAuthInput", "state", OAUTH, BARE_CODE],
  ["CreateAdminTokenInput", "expiresAt name scope", ADMINISTRATORS, "say whose they are, and end when it was said"],
  ["CreateAdministratorInput", "name role", ADMINISTRATORS, GENERATED],
  ["CreateAdministratorInput", "password", ADMINISTRATORS, "with a given password nothing is told"],
  ["CreateAlertRuleInput", "enabled forSeconds kind name threshold webhookId", ALERTS, MADE_RULE],
  ["CreateAlertRuleInput", "bucket windowMinutes", ALERTS, ALERT_RULES],
  [
    "CreateAlertRuleInput",
    "errorCode",
    planes("alerts"),
    "requests that fail by no fault of their clients, as long as they are in the window",
  ],
  [
    "CreateAlertRuleInput",
    "failureClass",
    planes("alerts"),
    "attempts that fail in one way, though another account serves",
  ],
  ["CreateApiKeyInput", "addresses dialects models", KEYS, KEY],
  ["CreateApiKeyInput", "requestsPerMinute tokensPerDay tokensPerMinute tokensPerMonth", KEYS, KEY],
  ["CreateApiKeyInput", "maxConcurrent", KEYS, "maxConcurrent"],
  ["CreateApiKeyInput", "mayExplain", KEYS, "mayExplain"],
  ["CreateApiKeyInput", "expiresAt", KEYS, "expiresAt"],
  ["CreateApiKeyInput", "name note tags", of("api-keys"), "has all that it was made with, for data planes too"],
  ["CreateNodeInput", "name", of("link"), "a created node links with its own token until it is removed"],
  ["CreateWebhookInput", "name url", ALERTS, WEBHOOK],
  ["ExportAccountsInput", "filter", EXPORT, "%j is refused"],
  ["ExportAccountsInput", "passphrase", EXPORT, SEALED],
  ["ExportAccountsInput", "plain", EXPORT, "it is all that an account has, for who gave their password lately"],
  ["FallbackChainInput", "model next", ROUTING, CHAIN],
  ["ImportAccountsInput", "acknowledgedTerms document", IMPORT, REFUSED_DOCUMENT],
  [
    "ImportAccountsInput",
    "dryRun",
    IMPORT,
    "a dry run says what would become of each row, and leaves database and provider alone",
  ],
  ["ImportAccountsInput", "passphrase", EXPORT, SEALED],
  [
    "ImportAccountsInput",
    "replaceCredentials",
    IMPORT,
    "keeps the sign-in it serves with, unless the operator wants the document's",
  ],
  ["ModelAliasInput", "name note target", ROUTING, ROUTED],
  ["Mutation.addAccount", "input", ACCOUNTS, ADDED],
  [
    "Mutation.changePassword",
    "newPassword password",
    ADMINISTRATORS,
    "is changed with the old one; the other sessions end, and this one has another cookie",
  ],
  ["Mutation.completeOAuth", "input", OAUTH, BARE_CODE],
  ["Mutation.removeCaptures", "id", CAPTURES, ERASED],
  ["Mutation.replayRequest", "id input", planes("replay"), REPLAYED],
  ["ReplayRequestInput", "address target", planes("replay"), REPLAYED],
  ["Mutation.startCapture", "id until", CAPTURES, CAPTURED],
  ["Mutation.endCapture", "id", CAPTURES, CAPTURED],
  ["Mutation.createAdminToken", "input", ADMINISTRATORS, "say whose they are, and end when it was said"],
  ["Mutation.createAdministrator", "input", ADMINISTRATORS, GENERATED],
  ["Mutation.createAlertRule", "input", ALERTS, MADE_RULE],
  ["Mutation.createApiKey", "input", KEYS, KEY],
  ["Mutation.createNode", "input", of("link"), "a created node links with its own token until it is removed"],
  ["Mutation.createWebhook", "input", ALERTS, WEBHOOK],
  ["Mutation.endSession", "id", ADMINISTRATORS, "are listed with where they come from, and ended one by one"],
  ["Mutation.exportAccounts", "input", EXPORT, SEALED],
  ["Mutation.importAccounts", "input", IMPORT, REFUSED_DOCUMENT],
  [
    "Mutation.reauthenticate",
    "password",
    ADMINISTRATORS,
    "is what lets somebody in needs, ten minutes after signing in; an admin token does not",
  ],
  [
    "Mutation.releaseConversations",
    "input",
    planes("conversations"),
    "an account tells how many conversations live on it, and lets go of them at every data plane",
  ],
  [
    "Mutation.releaseCooldown",
    "accountId model",
    of("cooldowns"),
    "an operator's release ends it, reaches the data planes, and outranks what was learnt before",
  ],
  ["Mutation.releaseCooldowns", "dryRun expectedCount filter model", of("cooldowns"), RELEASED],
  ["Mutation.removeAccount", "id", ACCOUNTS, REVOKED],
  [
    "Mutation.removeAccount",
    "revoke",
    ACCOUNTS,
    "takes it away, told by subscription, and revokes at the provider when asked to",
  ],
  ["Mutation.removeAccounts", "dryRun expectedCount filter", BULK, "all that fit, after as many as were seen"],
  ["Mutation.removeAccounts", "revoke", ACCOUNTS, REVOKED],
  ["Mutation.removeAdminToken", "id", ADMINISTRATORS, "are over when they are removed, and no other is"],
  ["Mutation.removeAdministrator", "id", ADMINISTRATORS, "removing one takes sessions and tokens with it"],
  ["Mutation.removeAlertRule", "id", ALERTS, ALERT_RULES],
  ["Mutation.removeApiKey", "id", of("audit"), "is told with what was before and after, and nothing that stayed"],
  [
    "Mutation.drainNode",
    "id",
    planes("drain"),
    "a data plane that drains is not ready, serves what comes, and is ready again",
  ],
  [
    "Mutation.resumeNode",
    "id",
    planes("drain"),
    "a data plane that drains is not ready, serves what comes, and is ready again",
  ],
  ["Mutation.removeNode", "id", of("link"), "a created node links with its own token until it is removed"],
  ["Mutation.removeWebhook", "id", ALERTS, WEBHOOK_FAILS],
  [
    "Mutation.resetPassword",
    "id password",
    ADMINISTRATORS,
    "another password by an owner ends the sessions of that one",
  ],
  ["Mutation.rotateApiKey", "id overlapMinutes", KEYS, "is the same key under both secrets until the overlap ends"],
  ["Mutation.rotateWebhookSecret", "id", ALERTS, WEBHOOK],
  ["Mutation.signIn", "name password", ADMINISTRATORS, GENERATED],
  ["Mutation.startOAuth", "input", OAUTH, "wants the terms acknowledged and a kind that is signed in to"],
  [
    "Mutation.syncQuota",
    "accountId filter",
    of("quota"),
    "an operator's wish: one account at once, all in the background, none that is not there",
  ],
  [
    "Mutation.testAccount",
    "id models",
    of("account-test"),
    "only the named models are tried, an image model too; and none for an empty list",
  ],
  ["Mutation.testWebhook", "id", ALERTS, WEBHOOK],
  ["Mutation.updateAccount", "id input", ACCOUNT_INPUTS, RENAMED],
  ["Mutation.updateAccounts", "dryRun", BULK, "a dry run says it, and changes nothing"],
  ["Mutation.updateAccounts", "expectedCount", BULK, "another number than the operator saw changes nothing"],
  ["Mutation.updateAccounts", "filter input", BULK, "all that fit, and no other; what is so already is told apart"],
  [
    "Mutation.updateAdministrator",
    "id input",
    ADMINISTRATORS,
    "a role counts at once and ends the sessions of that one",
  ],
  ["Mutation.updateAlertRule", "id input", ALERTS, ALERT_RULES],
  ["Mutation.updateApiKey", "id input", KEYS, KEY],
  [
    "Mutation.updateOAuthClient",
    "input",
    OAUTH_CLIENT,
    "is the environment's, that which was set, and the environment's again",
  ],
  ["Mutation.updateRouting", "input", ROUTING, ROUTED],
  ["Mutation.updateSettings", "input", SETTINGS, SET],
  ["Mutation.updateWebhook", "id input", ALERTS, WEBHOOK],
  [
    "OAuthClientInput",
    "clientId clientSecret",
    OAUTH_CLIENT,
    "is missed with a sentence, set without a restart, outranks the environment, and is never told",
  ],
  ["Query.account", "id", QUERIES, "%s is the one with the id that is given"],
  ["Query.accounts", "after first", QUERIES, PAGE],
  ["Query.accounts", "filter", BULK, "a filter"],
  ["Query.accounts", "order", BULK, "pages in the order %s, each where the last one ended"],
  ["Query.alert", "id", QUERIES, "%s is the one with the id that is given"],
  ["Query.alerts", "after first", QUERIES, PAGE],
  ["Query.alerts", "filter", QUERIES, "alerts are found by firing and by kinds"],
  ["Query.apiKeys", "after first", QUERIES, PAGE],
  ["Query.apiKeys", "filter", QUERIES, "keys are found by their whole name"],
  ["Query.auditEvents", "after first", QUERIES, PAGE],
  ["Query.auditEvents", "filter", of("audit"), BY_ACTOR],
  [
    "Query.checkRouting",
    "input",
    ROUTING,
    "is told before what would come of it: all that is wrong, and what would have no effect",
  ],
  ["Query.explainRoute", "apiKeyId dialect", ROUTING, RULE_TAGS],
  ["Query.explainRoute", "model traits", ROUTING, "tells each step in plain words"],
  ["Query.models", "newWithinDays", QUERIES, "models are new for as long as newWithinDays says"],
  ["Query.quotaHistory", "bucket window", QUERIES, "is of the bucket and the window"],
  ["Query.quotaHistory", "since until points", QUERIES, OF_TIME],
  ["Query.request", "id", QUERIES, "%s is the one with the id that is given"],
  ["Query.requests", "after first", QUERIES, PAGE],
  ["Query.requests", "filter", of("request-filter"), "GraphQL hands each of them on as it is"],
  ["Query.sessions", "all", ADMINISTRATORS, "of others are an owner's to see and to end"],
  ["Query.termsNotice", "kind", QUERIES, "termsNotice is that of the kind"],
  ["Query.usage", "groupBy", of("usage"), "what cannot be told is refused and says what can be"],
  ["Query.usage", "range", of("usage"), "a whole range is one point, with all that was counted"],
  ["Query.verifyAuditChain", "after", QUERIES, "verifyAuditChain goes on after the event that is given"],
  [
    "ReleaseConversationsInput",
    "accountId",
    planes("conversations"),
    "an account tells how many conversations live on it, and lets go of them at every data plane",
  ],
  [
    "ReleaseConversationsInput",
    "apiKeyId conversationId",
    planes("conversations"),
    "one conversation is let go by the id that its record shows, all of a key by the key",
  ],
  ["RequestFilter", "captured", CAPTURES, "pages of requests are narrowed to those that were captured"],
  [
    "RequestFilter",
    "accountId apiKeyId conversationId dialect errorCode failureClass minDurationMs model nodeId outcomes requestedModel retried since status text until",
    of("request-filter"),
    "GraphQL hands each of them on as it is",
  ],
  ["RoutingActionInput", "accountTags refuse strategy", ROUTING, RULE_DOES],
  ["RoutingActionInput", "model", ROUTING, RULE],
  ["RoutingMatchInput", "apiKeyIds dialects models traits withoutTraits", ROUTING, RULE],
  ["RoutingMatchInput", "keyTags", ROUTING, RULE_TAGS],
  ["RoutingRuleInput", "action match", ROUTING, RULE],
  ["RoutingRuleInput", "name", ROUTING, RULE_TAGS],
  ["RoutingRuleInput", "enabled", ROUTING, ROUTED],
  ["RoutingRuleInput", "note", ROUTING, RULE_DOES],
  ["SetSettingInput", "name value", SETTINGS, SET],
  [
    "StartOAuthInput",
    "accountId",
    OAUTH,
    "saves nothing when the provider does not say whose it is, or the account is gone",
  ],
  ["StartOAuthInput", "acknowledgedTerms kind", OAUTH, "wants the terms acknowledged and a kind that is signed in to"],
  [
    "Subscription.accountTestStep",
    "accountId",
    of("account-test"),
    "who follows it hears of each step as soon as it is done, and of no other account's",
  ],
  [
    "Subscription.oauthProgress",
    "state",
    OAUTH,
    "adds the account, says so on a page without scripts, and the progress goes through every step",
  ],
  ["Subscription.requestFinished", "filter", of("request-filter"), "who follows requests hears of those that fit"],
  ["TimeRange", "since step", of("usage"), "steps are whole, in order, and only those in which something was"],
  ["TimeRange", "until", of("usage"), "a whole range is one point, with all that was counted"],
  ["UpdateAccountInput", "enabled", ACCOUNT_INPUTS, "enabled: it serves, or does not"],
  ["UpdateAccountInput", "disableModels enableModels", of("update-account"), SWITCHED],
  ["UpdateAccountsInput", "disableModels enableModels", BULK, SWITCHED_MANY],
  ["UpdateAccountInput", "disabledModels", ACCOUNT_INPUTS, "disabledModels: it serves the others"],
  ["UpdateAccountInput", "priority", ACCOUNT_INPUTS, "priority: it serves first, or last"],
  ["UpdateAccountInput", "weight", ACCOUNT_INPUTS, "weight: its share"],
  ["UpdateAccountInput", "maxConcurrent", ACCOUNT_INPUTS, "maxConcurrent: while one runs on it, others go elsewhere"],
  ["UpdateAccountInput", "reserve", ACCOUNT_INPUTS, "reserve: so much of its quota is left alone"],
  ["UpdateAccountInput", "tags", ACCOUNT_INPUTS, "tags: a rule finds it by them"],
  ["UpdateAccountInput", "label projectId", ACCOUNT_INPUTS, RENAMED],
  ["UpdateAccountsInput", "enabled", ACCOUNT_INPUTS, "enabled: it serves, or does not"],
  ["UpdateAccountsInput", "disabledModels", ACCOUNT_INPUTS, "disabledModels: it serves the others"],
  ["UpdateAccountsInput", "priority", ACCOUNT_INPUTS, "priority: it serves first, or last"],
  ["UpdateAccountsInput", "weight", ACCOUNT_INPUTS, "weight: its share"],
  ["UpdateAccountsInput", "maxConcurrent", ACCOUNT_INPUTS, "maxConcurrent: while one runs on it, others go elsewhere"],
  ["UpdateAccountsInput", "reserve", ACCOUNT_INPUTS, "reserve: so much of its quota is left alone"],
  ["UpdateAccountsInput", "tags", ACCOUNT_INPUTS, "tags: a rule finds it by them"],
  ["UpdateAccountsInput", "addTags removeTags", ACCOUNT_INPUTS, "updateAccounts: addTags and removeTags"],
  [
    "UpdateAdministratorInput",
    "enabled",
    ADMINISTRATORS,
    "one who is disabled does not enter, by session, password or token, until enabled",
  ],
  ["UpdateAdministratorInput", "name", ADMINISTRATORS, "a name is another one from then on, and sessions go on"],
  ["UpdateAdministratorInput", "role", ADMINISTRATORS, "a role counts at once and ends the sessions of that one"],
  [
    "UpdateAlertRuleInput",
    "bucket",
    ALERTS,
    "of a quota does not come and go with a number that wavers about the threshold",
  ],
  [
    "UpdateAlertRuleInput",
    "enabled threshold",
    ALERTS,
    "needs as many as the threshold, and ends when its rule is disabled or removed",
  ],
  ["UpdateAlertRuleInput", "errorCode failureClass windowMinutes", ALERTS, ALERT_RULES],
  [
    "UpdateAlertRuleInput",
    "forSeconds",
    ALERTS,
    "does not begin with what passes sooner than the rule waits for, and waits as long as it says",
  ],
  [
    "UpdateAlertRuleInput",
    "name",
    ALERTS,
    "of each kind are there from the first start on, without any webhook, and stay as they were changed",
  ],
  [
    "UpdateAlertRuleInput",
    "webhookId",
    ALERTS,
    "of fifty accounts at once is one alert with a count; who comes new is told once; at its end it is resolved",
  ],
  ["UpdateApiKeyInput", "addresses dialects enabled models", KEYS, KEY],
  ["UpdateApiKeyInput", "requestsPerMinute tokensPerDay tokensPerMinute tokensPerMonth", KEYS, KEY],
  ["UpdateApiKeyInput", "maxConcurrent", KEYS, "maxConcurrent"],
  ["UpdateApiKeyInput", "mayExplain", KEYS, "mayExplain"],
  ["UpdateApiKeyInput", "expiresAt", KEYS, "expiresAt"],
  ["UpdateApiKeyInput", "name note", of("api-keys"), "is changed in what is given, and null takes a limit back"],
  ["UpdateApiKeyInput", "tags", ROUTING, RULE_TAGS],
  [
    "UpdateOAuthClientInput",
    "set unset",
    OAUTH_CLIENT,
    "is the environment's, that which was set, and the environment's again",
  ],
  ["UpdateRoutingInput", "aliases fallbacks", ROUTING, CHAIN],
  ["UpdateRoutingInput", "revision rules", ROUTING, ROUTED],
  ["UpdateSettingsInput", "revision", SETTINGS, "is refused when somebody else was quicker, and only then"],
  ["UpdateSettingsInput", "set unset", SETTINGS, SET],
  ["UpdateWebhookInput", "enabled", ALERTS, WEBHOOK_FAILS],
  ["UpdateWebhookInput", "name url", ALERTS, WEBHOOK],
]
