/** The root fields of the fake control plane that one account's page, the import and the export ask for. */
export type Row = Record<string, unknown> & { id: string }

export interface AccountWorld {
  /** What the next change of an account is refused for. */
  refuseChange: { code: string; message: string; path: string[] } | undefined
  /** What a test of an account finds. */
  testSteps: unknown[]
  /** Waited for before a test answers. */
  testing: () => Promise<void>
  auditEvents: Row[]
  /** What an import makes of each row; the outcome of a dry run where it is one. */
  importRows: Record<string, unknown>[]
  /** What the next import or export is refused for. */
  refuseDocument: { code: string; message: string; path: string[] } | undefined
  /** Inputs of imports and exports, in order. */
  documents: Record<string, unknown>[]
}

export const emptyAccountWorld = (): AccountWorld => ({
  refuseChange: undefined,
  testSteps: [],
  testing: () => Promise.resolve(),
  auditEvents: [],
  importRows: [],
  refuseDocument: undefined,
  documents: [],
})

const real = { WOULD_ADD: "ADDED", WOULD_UPDATE: "UPDATED" } as const

interface Switching {
  readonly disableModels?: readonly string[]
  readonly enableModels?: readonly string[]
}

/** What a change says, with the models that it switches as the whole list. */
function switched(account: Row | undefined, { disableModels = [], enableModels = [], ...values }: Switching): object {
  const before = account?.["disabledModels"] as readonly string[] // the fake's own
  const disabledModels = [...before, ...disableModels].filter((model) => !enableModels.includes(model))
  return { disabledModels, ...values }
}

export function accountFields(
  world: AccountWorld & { accounts: Row[] },
  fakeAccount: (given: Row) => Row,
): Record<string, unknown> {
  const find = (id: string) => world.accounts.find((account) => account.id === id)
  const change = (id: string, values: object) => {
    world.accounts = world.accounts.map((account) => (account.id === id ? { ...account, ...values } : account))
    return find(id)
  }
  const refused = (failure: AccountWorld["refuseChange"]) => ({ __typename: "InvalidInput", ...failure })
  return {
    account: ({ id }: { id: string }) => find(id) ?? null,
    updateAccount: ({ id, input }: { id: string; input: Switching }) =>
      world.refuseChange === undefined
        ? { __typename: "UpdateAccountSuccess", account: change(id, switched(find(id), input)) }
        : refused(world.refuseChange),
    releaseCooldown: ({ accountId }: { accountId: string }) => ({
      __typename: "ReleaseCooldownSuccess",
      account: change(accountId, { cooldowns: [] }),
    }),
    syncQuota: ({ accountId, filter }: { accountId?: string; filter?: { ids?: string[] } }) => ({
      __typename: "SyncQuotaSuccess",
      account: accountId === undefined ? null : find(accountId),
      // Of those that are named, the ready ones, as the control plane has it.
      queued: world.accounts.filter(({ id, state }) => filter?.ids?.includes(id) === true && state === "READY").length,
    }),
    releaseConversations: ({ input }: { input: { accountId: string } }) => {
      const conversations = find(input.accountId)?.["conversations"]
      change(input.accountId, { conversations: 0 })
      return { __typename: "ReleaseConversationsSuccess", conversations, nodes: 1, refusals: [], unanswered: [] }
    },
    testAccount: async ({ id }: { id: string }) => ({
      __typename: "TestAccountSuccess",
      account: await world.testing().then(() => find(id)),
      steps: world.testSteps,
      works: !JSON.stringify(world.testSteps).includes("FAILED"),
      durationMs: 1_240,
      isOnboardedAnew: false,
    }),
    auditEvents: () => ({
      edges: world.auditEvents.map((node) => ({ cursor: node.id, node })),
      pageInfo: { hasNextPage: false, hasPreviousPage: false, endCursor: null, startCursor: null },
    }),
    importAccounts: ({ input }: { input: Record<string, unknown> }) => {
      world.documents.push(input)
      if (world.refuseDocument !== undefined) return refused(world.refuseDocument)
      const rows = world.importRows.map((row) => {
        const outcome = String(row["outcome"])
        return input["dryRun"] === true ? row : { ...row, outcome: real[outcome as keyof typeof real] ?? outcome } // others are no key of it
      })
      if (input["dryRun"] !== true) {
        for (const { outcome, email } of rows as { outcome: string; email: string }[]) {
          if (outcome === "ADDED") world.accounts.push(fakeAccount({ id: email, email, state: "ONBOARDING" }))
        }
      }
      const outcomes = [...new Set(rows.map(({ outcome }) => outcome))]
      const counts = outcomes.map((outcome) => ({
        outcome,
        rows: rows.filter((row) => row.outcome === outcome).length,
      }))
      return { __typename: "ImportAccountsSuccess", formats: ["TOKEN_LIST"], counts, rows }
    },
    exportAccounts: ({ input }: { input: Record<string, unknown> }) => {
      world.documents.push(input)
      if (world.refuseDocument !== undefined) return refused(world.refuseDocument)
      return { __typename: "ExportAccountsSuccess", document: "{}", count: world.accounts.length, leftOut: [] }
    },
  }
}
