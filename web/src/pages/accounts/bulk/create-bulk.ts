/** Runs what is done to many accounts: as one change of all of them, or of a part at a time where one filter cannot name them all. */
import { createSignal } from "solid-js"
import {
  endRestsOfDocument,
  readQuotasDocument,
  removeAccountsDocument,
  updateAccountsDocument,
  type UpdateAccountsInput,
} from "#generated/web/graphql.ts"
import { createMutation } from "../../../graphql/create-mutation.ts"
import type { Part } from "./parts.ts"

export interface BulkOutcome {
  /** Of so many it is done. */
  readonly done: number
  /** And of so many not; the error says why. */
  readonly failed: number
}

export function createBulk() {
  const updating = createMutation(updateAccountsDocument)
  const removing = createMutation(removeAccountsDocument)
  const reading = createMutation(readQuotasDocument)
  const ending = createMutation(endRestsOfDocument)
  const all = [updating, removing, reading, ending]
  const [progress, setProgress] = createSignal<{ done: number; of: number }>()

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
    /** In the background, of those that can be asked: `queued` says how many those are. */
    read: async (parts: readonly Part[]) => {
      let queued = 0
      const outcome = await eachPart(parts, async ({ filter }) => {
        const asked = await reading.run({ filter })
        queued += asked?.queued ?? 0
        return asked !== undefined
      })
      return { ...outcome, queued }
    },
    /** `ended` says how many rests that were. */
    endRests: async (parts: readonly Part[]) => {
      let ended = 0
      const outcome = await eachPart(parts, async (part) => {
        const done = await ending.run({ ...part })
        ended += done?.ended ?? 0
        return done !== undefined
      })
      return { ...outcome, ended }
    },
    progress,
    busy: () => all.some(({ busy }) => busy()) || progress() !== undefined,
    error: () => all.map(({ error }) => error()).find((text) => text !== undefined),
    forget: () => all.forEach(({ setErrors }) => setErrors({})),
  }
}
