/** How many accounts could serve an ask at a moment, and what keeps the others: for the record of a choice or a refusal. */
import type { PoolCensus } from "#shared/link-protocol.ts"
import { quotaBucket } from "#shared/quota-bucket.ts"
import type { AccountRegister } from "./account-register.ts"
import { offers } from "./candidates.ts"
import type { LeaseAsk } from "./lease.ts"

/** Whose places at the model and at the key are all taken; absent: there are some. */
export type LimitsReached = Pick<PoolCensus, "modelLimit" | "keyLimit">

/** Adds up sizes that are kept anyway: it looks at catalogues and shelves, never at accounts. */
export function takeCensus(
  register: AccountRegister,
  { model, exclude }: Pick<LeaseAsk, "model" | "exclude">,
  limits: LimitsReached,
): PoolCensus {
  const bucket = quotaBucket(model)
  let notOffered = 0
  let resting = 0
  let probing = 0
  for (const group of register.groups()) {
    if (offers(group, model)) {
      resting += group.away[bucket].size
      probing += group.probed[bucket].size
    } else notOffered += group.members
  }
  let candidates = 0
  let busy = 0
  for (const shelf of register.seating.tidied(model).all) {
    candidates += shelf.members.length
    busy += shelf.busy
  }
  let tried = 0
  for (const id of exclude) if (register.get(id)?.seats[bucket].shelf?.offers(model) === true) tried++
  const { known, size } = register
  // What an operator took from an account, or what rests on it for this model alone.
  const modelOff = Math.max(0, size - notOffered - resting - probing - candidates)
  const some = { ...(probing === 0 ? {} : { probing }), ...(tried === 0 ? {} : { tried }) }
  return { known, unusable: known - size, notOffered, resting, modelOff, candidates, busy, ...some, ...limits }
}
