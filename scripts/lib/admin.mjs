import { setTimeout as wait } from "node:timers/promises"
import { PlainError } from "./progress.mjs"

/** A GraphQL client with an admin token, for scripts. Resolves with `data`; an error of the server is a `PlainError`. */
export function adminClient(panelUrl, adminToken) {
  return async function graphql(query, variables = {}) {
    const response = await fetch(new URL("/graphql", panelUrl), {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${adminToken}` },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(30_000),
    })
    const answer = await response.json()
    if (answer.errors) throw new PlainError(`The control plane refused: ${answer.errors[0].message}`)
    return answer.data
  }
}

const ADD_ACCOUNT = `mutation ($input: AddAccountInput!) {
  addAccount(input: $input) { ... on AddAccountSuccess { account { id } } ... on Failure { message } } }`

const CREATE_KEY = `mutation ($input: CreateApiKeyInput!) {
  createApiKey(input: $input) { ... on CreateApiKeySuccess { secret } ... on Failure { message } } }`

/** The success of a mutation's result union; a failure is a `PlainError` with its message. */
function succeeded(result) {
  if (typeof result.message === "string") throw new PlainError(`The control plane refused: ${result.message}`)
  return result
}

/** Adds an Antigravity account by its refresh token; returns its id. */
export async function addAccount(graphql, { email, refreshToken }) {
  const input = { kind: "ANTIGRAVITY", email, refreshToken, label: email.split("@")[0], acknowledgedTerms: true }
  return succeeded((await graphql(ADD_ACCOUNT, { input })).addAccount).account.id
}

/** Creates an API key and returns it. */
export async function createApiKey(graphql, name) {
  return succeeded((await graphql(CREATE_KEY, { input: { name } })).createApiKey).secret
}

/** Waits until `condition` gives something, at most `timeoutMs`; then a `PlainError` that says what was waited for. */
export async function until(what, condition, timeoutMs = 30_000) {
  const endsAt = performance.now() + timeoutMs
  for (;;) {
    const result = await condition()
    if (result) return result
    if (performance.now() > endsAt) throw new PlainError(`Waited ${timeoutMs / 1000} s in vain for ${what}.`)
    await wait(100)
  }
}
