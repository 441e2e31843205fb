/** Runs what is done to many accounts: as one change where the control plane has one, else one account after the other. */
import { createSignal } from "solid-js"
import {
  endRestsDocument,
  readQuotaDocument,
  removeAccountsDocument,
  syncAllQuotasDocument,
  updateAccountsDocument,
  type UpdateAccountsInput,
} from "#generated/web/graphql.ts"
import { createMutation } from "../../../graphql/create-mutation.ts"
import type { Account } from "../create-accounts.ts"
import type { Part } from "./parts.ts"

export interface BulkOutcome {
  /** Of so many it is done. */
  readonly done: number
  /** And of so many not; the error says why, of the last one. */
  readonly failed: number
}

export function createBulk() {
  const updating = createMutation(updateAccountsDocument)
  const removing = createMutation(removeAccountsDocument)
  const syncing = createMutation(syncAllQuotasDocument)
  const reading = createMutation(readQuotaDocument)
  const ending = createMutation(endRestsDocument)
  const all = [updating, removing, syncing, reading, ending]
  const [progress, setProgress] = createSignal<{ done: number; of: number }>()
  let isStopped = false

  /** Part after part until one is not done: what follows would be a surprise. */
  async function eachPart(parts: readonly Part[], run: (part: Part) => Promise<boolean>): Promise<BulkOutcome> {
    const of = parts.reduce((sum, { expectedCount }) => sum + expectedCount, 0)
    let done = 0
    for (const part of parts) {
      setProgress({ done, of })
      // eslint-disable-next-line no-await-in-loop -- each only when the one before was done
      if (!(await run(part))) break
      done += part.expectedCount
    }
    setProgress(undefined)
    return { done, failed: of - done }
  }

  /** One after the other, whatever becomes of each; `stop` ends it after the one that is under way. */
  async function eachAccount(
    accounts: readonly Account[],
    run: (id: string) => Promise<boolean>,
  ): Promise<BulkOutcome> {
    isStopped = false
    let [done, tried] = [0, 0]
    for (const { id } of accounts) {
      if (isStopped) break
      setProgress({ done: tried, of: accounts.length })
      // eslint-disable-next-line no-await-in-loop -- the control plane asks the provider for each
      if (await run(id)) done++
      tried++
    }
    setProgress(undefined)
    return { done, failed: tried - done }
  }

  return {
    update: (parts: readonly Part[], input: UpdateAccountsInput) =>
      eachPart(parts, async (part) => (await updating.run({ ...part, input })) !== undefined),
    /** `onRemoved` hears which are gone. */
    remove: (parts: readonly Part[], revoke: boolean, onRemoved: (ids: readonly string[]) => void) =>
      eachPart(parts, async (part) => {
        const removed = await removing.run({ ...part, revoke })
        if (removed !== undefined) onRemoved(removed.removedIds)
        return removed !== undefined
      }),
    /** Of every account there is, in the background; how many. */
    readAll: async () => (await syncing.run({}))?.queued,
    read: (accounts: readonly Account[], onChanged: (account: Account) => void) =>
      eachAccount(accounts, async (accountId) => {
        const read = await reading.run({ accountId })
        if (read?.account) onChanged(read.account)
        return read !== undefined
      }),
    endRests: (accounts: readonly Account[], onChanged: (account: Account) => void) =>
      eachAccount(accounts, async (accountId) => {
        const ended = await ending.run({ accountId })
        if (ended !== undefined) onChanged(ended.account)
        return ended !== undefined
      }),
    stop: () => (isStopped = true),
    progress,
    busy: () => all.some(({ busy }) => busy()) || progress() !== undefined,
    error: () => all.map(({ error }) => error()).find((text) => text !== undefined),
    forget: () => all.forEach(({ setErrors }) => setErrors({})),
  }
}
