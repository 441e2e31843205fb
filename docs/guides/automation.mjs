/** Brings a gateway to one state, however often it runs: node automation.mjs ACCOUNTS_FILE KEY_FILE (see automation.md). */
import { readFileSync, writeFileSync } from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"

const { PANEL, ADMIN_TOKEN, WEBHOOK_URL = "" } = process.env
const [accountsFile = "accounts.txt", keyFile = "key.txt"] = process.argv.slice(2)

async function graphql(query, variables) {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" }
  const body = JSON.stringify({ query, variables })
  const { data, errors } = await (await fetch(`${PANEL}/graphql`, { method: "POST", headers, body })).json()
  const failure = errors?.[0] ?? Object.values(data).find((result) => result?.code !== undefined)
  if (failure) throw new Error(`${failure.code ?? failure.extensions?.code} ${failure.path}: ${failure.message}`)
  return data
}
/** The mutation of that name with its input, and the id of what it changes; resolves to the fields of its success. */
async function mutate(name, fields, input, id) {
  const type = name.charAt(0).toUpperCase() + name.slice(1)
  const [declared, given] = id === undefined ? ["", ""] : ["$id: ID!, ", "id: $id, "]
  const document = `mutation (${declared}$input: ${type}Input!) { ${name}(${given}input: $input) {
    ... on ${type}Success { ${fields} } ... on Failure { code message path } } }`
  return (await graphql(document, { input, id }))[name]
}

const document = readFileSync(accountsFile, "utf8")
const { rows } = await mutate("importAccounts", "rows { row outcome message }", { document, acknowledgedTerms: true })
for (const { row, outcome, message } of rows) process.stdout.write(`account ${row}: ${outcome} ${message ?? ""}\n`)
const ONBOARDING = "{ accounts(first: 1, filter: { states: [ONBOARDING] }) { totalCount } }"
while ((await graphql(ONBOARDING)).accounts.totalCount > 0) await sleep(500)

const settings = { MAX_CONCURRENT_PER_ACCOUNT: "4", ALERT_WEBHOOK_HOSTS: new URL(WEBHOOK_URL).hostname }
const set = Object.entries(settings).map(([name, value]) => ({ name, value }))
await mutate("updateSettings", "settings { revision }", { set })

const key = { name: "build", tags: ["build"], maxConcurrent: 8, requestsPerMinute: 60, tokensPerDay: "2000000" }
const KEYS =
  "query ($after: String) { apiKeys(first: 100, after: $after) { edges { node { id name } } pageInfo { endCursor } } }"
let [page, known] = [{ pageInfo: {} }]
do {
  page = (await graphql(KEYS, { after: page.pageInfo.endCursor })).apiKeys
  known = page.edges.find(({ node }) => node.name === key.name)?.node
} while (known === undefined && page.edges.length > 0)
if (known) await mutate("updateApiKey", "apiKey { id }", key, known.id)
else writeFileSync(keyFile, (await mutate("createApiKey", "secret", key)).secret, { mode: 0o600 })

const aliases = [{ name: "quick", target: "gemini-3-flash" }]
const rules = [{ name: "builds are quick", match: { keyTags: ["build"] }, action: { model: "quick" } }]
await mutate("updateRouting", "routing { revision }", { aliases, rules })

const { webhooks, alertRules } = await graphql("{ webhooks { id name } alertRules { id kind builtIn } }")
const pager = { name: "Pager", url: WEBHOOK_URL }
const id = webhooks.find(({ name }) => name === pager.name)?.id
const { webhook } = await mutate(id ? "updateWebhook" : "createWebhook", "webhook { id }", pager, id)
const rule = alertRules.find(({ kind, builtIn }) => builtIn && kind === "ACCOUNT_ATTENTION")
await mutate("updateAlertRule", "alertRule { id }", { webhookId: webhook.id, forSeconds: 30 }, rule.id)
