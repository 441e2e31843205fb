/** How many accounts could serve an ask at a moment, and what keeps the others: for the record of a choice or a refusal. */
import type { PoolCensus } from "#shared/link-protocol.ts"
import { quotaBucket } from "#shared/quota-bucket.ts"
import type { AccountRegister } from "./account-register.ts"
import { belongs, offers } from "./candidates.ts"
import type { LeaseAsk } from "./lease.ts"

/** Whose places at the model and at the key are all taken; absent: there are some. */
export type LimitsReached = Pick<PoolCensus, "modelLimit" | "keyLimit">

/** Adds up sizes that are kept anyway: it looks at catalogues and shelves, never at accounts. */
export function takeCensus(
  register: AccountRegister,
  ask: Pick<LeaseAsk, "model" | "exclude" | "group">,
  limits: LimitsReached,
): PoolCensus {
  const { model, exclude, group: wanted } = ask
  const bucket = quotaBucket(model)
  let outside = 0
  let notOffered = 0
  let resting = 0
  let probing = 0
  for (const group of register.groups()) {
    if (!belongs(group, wanted)) outside += group.members
    else if (offers(group, model)) {
      resting += group.away[bucket].size
      probing += group.probed[bucket].size
    } else notOffered += group.members
  }
  let candidates = 0
  let busy = 0
  for (const shelf of register.seating.tidied(ask).all) {
    candidates += shelf.members.length
    busy += shelf.busy
  }
  let tried = 0
  for (const id of exclude) {
    const account = register.get(id)
    if (account?.seats[bucket].shelf?.offers(model) === true && belongs(account.group, wanted)) tried++
  }
  const { known, size } = register
  // What an operator took from an account, or what rests on it for this model alone.
  const modelOff = Math.max(0, size - outside - notOffered - resting - probing - candidates)
  const some = {
    ...(outside === 0 ? {} : { outside }),
    ...(probing === 0 ? {} : { probing }),
    ...(tried === 0 ? {} : { tried }),
  }
  return { known, unusable: known - size, notOffered, resting, modelOff, candidates, busy, ...some, ...limits }
}
