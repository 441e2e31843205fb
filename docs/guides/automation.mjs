/** Brings a gateway to one state, however often it runs: node automation.mjs ACCOUNTS_FILE KEY_FILE (see automation.md) */
import { readFileSync, writeFileSync } from "node:fs"

const { PANEL, ADMIN_TOKEN } = process.env
const [accountsFile = "accounts.txt", keyFile = "key.txt"] = process.argv.slice(2)
async function graphql(query, variables) {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" }
  const body = JSON.stringify({ query, variables })
  const { data, errors } = await (await fetch(`${PANEL}/graphql`, { method: "POST", headers, body })).json()
  const failure = errors?.[0] ?? Object.values(data).find((result) => result.code !== undefined)
  if (failure) throw new Error(`${failure.code ?? failure.extensions?.code} ${failure.path}: ${failure.message}`)
  return Object.values(data)[0]
}
async function mutate(name, fields, input) {
  const type = name.charAt(0).toUpperCase() + name.slice(1)
  const answer = `... on ${type}Success { ${fields} } ... on Failure { code message path }`
  return graphql(`mutation ($input: ${type}Input!) { ${name}(input: $input) { ${answer} } }`, { input })
}

const document = readFileSync(accountsFile, "utf8")
const { rows } = await mutate("importAccounts", "rows { row outcome message }", { document, acknowledgedTerms: true })
for (const { row, outcome, message } of rows) process.stdout.write(`account ${row}: ${outcome} ${message ?? ""}\n`)
await mutate("updateSettings", "settings { revision }", { set: [{ name: "MAX_CONCURRENT_PER_ACCOUNT", value: "4" }] })
const key = { name: "build", tags: ["build"], maxConcurrent: 8, requestsPerMinute: 60, tokensPerDay: "2000000" }
const { totalCount } = await graphql(`{ apiKeys(filter: { name: "${key.name}" }) { totalCount } }`)
if (totalCount === 0) writeFileSync(keyFile, (await mutate("createApiKey", "secret", key)).secret, { mode: 0o600 })
const rules = [{ name: "builds are quick", match: { keyTags: ["build"] }, action: { model: "gemini-3-flash" } }]
await mutate("updateRouting", "routing { revision }", { rules })
const ONBOARDING = "{ accounts(first: 0, filter: { states: [ONBOARDING] }) { totalCount } }"
while ((await graphql(ONBOARDING)).totalCount > 0) await new Promise((resolve) => setTimeout(resolve, 500))
