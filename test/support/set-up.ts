/** What a test does before a gateway serves: accounts and a key through GraphQL, and the wait until the data plane has both. */
import type { Simulator } from "./simulator.ts"
import { waitFor } from "./wait-for.ts"

/** Runs a document with the admin token; rejects on any error of the server. */
export type Graphql = <T>(query: string, variables?: Readonly<Record<string, unknown>>) => Promise<T>

export function graphqlClient(panelUrl: string, adminToken: string): Graphql {
  return async <T>(query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<T> => {
    const response = await fetch(`${panelUrl}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${adminToken}` },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(30_000),
    })
    const answer = (await response.json()) as { data?: T; errors?: unknown } // GraphQL's own shape
    if (answer.errors !== undefined || !answer.data) throw new Error(`GraphQL: ${JSON.stringify(answer)}`)
    return answer.data
  }
}

interface Failed {
  readonly message?: string
}

export async function addReadyAccount(graphql: Graphql, simulator: Simulator, email: string): Promise<string> {
  const { refreshToken } = simulator.addAccount({ email })
  const { addAccount } = await graphql<{ addAccount: { account?: { id: string } } & Failed }>(
    `
      mutation ($input: AddAccountInput!) {
        addAccount(input: $input) {
          ... on AddAccountSuccess {
            account {
              id
            }
          }
          ... on Failure {
            message
          }
        }
      }
    `,
    { input: { kind: "ANTIGRAVITY", email, refreshToken, acknowledgedTerms: true } },
  )
  const id = addAccount.account?.id
  if (id === undefined) throw new Error(`addAccount: ${addAccount.message ?? "no account"}`)
  const query = "query ($id: ID!) { account(id: $id) { state stateReason } }"
  await waitFor(async () => {
    const { account } = await graphql<{ account: { state: string; stateReason: string | null } }>(query, { id })
    if (account.state !== "READY") throw new Error(`${email} is ${account.state}: ${account.stateReason ?? ""}`)
    return true
  }, 30_000)
  return id
}

export async function createApiKey(graphql: Graphql): Promise<string> {
  const { createApiKey: result } = await graphql<{ createApiKey: { secret?: string } & Failed }>(`
    mutation {
      createApiKey(input: { name: "test" }) {
        ... on CreateApiKeySuccess {
          secret
        }
        ... on Failure {
          message
        }
      }
    }
  `)
  if (result.secret === undefined) throw new Error(`createApiKey: ${result.message ?? "no secret"}`)
  return result.secret
}

/** Waits until the data plane serves from a snapshot that holds the key, and the accounts with their models where there are any. */
export async function waitUntilServing(gatewayUrl: string, apiKey: string, accounts: number): Promise<void> {
  await waitFor(async () => {
    const response = await fetch(`${gatewayUrl}/v1/models`, { headers: { authorization: `Bearer ${apiKey}` } })
    const text = await response.text()
    if (!response.ok) throw new Error(`/v1/models: ${response.status} ${text}`)
    if (accounts === 0) return true
    const health = (await (await fetch(`${gatewayUrl}/health`)).json()) as { accounts?: unknown } // documented shape
    if (!(await fetch(`${gatewayUrl}/ready`)).ok) throw new Error(`not ready: ${JSON.stringify(health)}`)
    return (JSON.parse(text) as { data: unknown[] }).data.length > 0 // OpenAI's list
  }, 30_000)
}
