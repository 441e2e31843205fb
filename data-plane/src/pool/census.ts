/** How many accounts could serve a model at a moment, and what keeps the others: for the record of a choice. */
import type { PoolCensus } from "#shared/link-protocol.ts"
import { quotaBucket } from "#shared/quota-bucket.ts"
import type { AccountRegister } from "./account-register.ts"
import { offers } from "./candidates.ts"

/** Adds up sizes that are kept anyway: it looks at catalogues and shelves, never at accounts. */
export function takeCensus(register: AccountRegister, model: string): PoolCensus {
  const bucket = quotaBucket(model)
  let notOffered = 0
  let resting = 0
  for (const group of register.groups()) {
    if (offers(group, model)) resting += group.away[bucket].size
    else notOffered += group.members
  }
  let candidates = 0
  for (const shelf of register.seating.tidied(model).all) candidates += shelf.members.length
  const { known, size } = register
  // What an operator took from an account, or what rests on it for this model alone.
  const modelOff = Math.max(0, size - notOffered - resting - candidates)
  return { known, unusable: known - size, notOffered, resting, modelOff, candidates }
}
