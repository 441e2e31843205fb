/** The control endpoints under `/simulator/`: what tests and the demo steer the simulator with. */
import { accountIn, accountInput, bucketIn, scriptIn, stateIn } from "./control-input.ts"
import { numberOf, objectOf, parseJson, stringOf } from "./json.ts"
import type { QuotaWindow } from "./quota.ts"
import { googleError, notFound } from "./refusals.ts"
import type { Refusal } from "./refusals.ts"
import { sendRefusal } from "./reply.ts"
import type { Exchange } from "./wire.ts"
import type { World } from "./world.ts"

/** Answers one control call. */
export async function control(world: World, exchange: Exchange): Promise<void> {
  const bytes = await exchange.body(world.options.bodyLimit)
  const body = objectOf(parseJson(bytes?.toString() ?? ""))
  const key = `${exchange.method} ${exchange.path.slice("/simulator/".length)}`
  const handler = Object.hasOwn(handlers, key) ? handlers[key] : undefined
  try {
    await sendRefusal(exchange, handler ? handler(world, body) : notFound())
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    await sendRefusal(exchange, googleError(400, "INVALID_ARGUMENT", error.message))
  }
}

type Handler = (world: World, body: Record<string, unknown>) => Refusal

const ok = (body: object): Refusal => ({ status: 200, body })

const handlers: Readonly<Record<string, Handler>> = {
  "GET state": (world) => ok(stateOf(world)),
  "GET seen": (world) => ok({ requests: world.seen.all(), concurrency: world.seen.concurrency() }),
  "POST reset": (world) => {
    world.reset()
    return ok({})
  },
  "POST clock": (world, body) => {
    world.advance(numberOf(body["advanceMs"]) ?? 0)
    return ok({ now: world.now() })
  },
  "POST accounts": (world, body) => {
    return ok(world.accounts.add(accountInput(body)))
  },
  "POST accounts/state": (world, body) => {
    const account = accountIn(world, body)
    account.state = stateIn(body) ?? account.state
    if (body["expireTokens"] === true) world.accounts.voidTokens(account)
    return ok(account)
  },
  "POST accounts/remove": (world, body) => ok({ removed: world.accounts.remove(String(body["email"])) }),
  "POST quota": (world, body) => {
    const window: QuotaWindow = body["window"] === "weekly" ? "weekly" : "fiveHours"
    const fraction = numberOf(body["remainingFraction"]) ?? 0
    world.quota.set(accountIn(world, body), bucketIn(body), window, fraction, world.now())
    return ok({})
  },
  "POST rules": (world, body) => {
    const id = stringOf(body["id"]) ?? ""
    if (body["enabled"] === false) world.disabledRules.add(id)
    else world.disabledRules.delete(id)
    return ok({ disabledRules: [...world.disabledRules] })
  },
  "POST faults": (world, body) => ok({ id: world.faults.add(scriptIn(body)) }),
  "POST faults/clear": (world, body) => {
    const id = stringOf(body["id"])
    if (id === undefined) world.faults.clear()
    else world.faults.remove(id)
    return ok({ faults: world.faults.all() })
  },
}

/** What the simulator is and holds; access tokens are never in it. */
export function stateOf(world: World): object {
  return {
    seed: world.options.seed,
    now: world.now(),
    accounts: world.accounts.all().map((account) => ({
      ...account,
      quotaLeft: Object.fromEntries(
        (["gemini", "third_party", "image"] as const).map((bucket) => [
          bucket,
          {
            fiveHours: world.quota.read(account, bucket, "fiveHours", world.now()),
            weekly: world.quota.read(account, bucket, "weekly", world.now()),
          },
        ]),
      ),
    })),
    faults: world.faults.all(),
    disabledRules: [...world.disabledRules],
    concurrency: world.seen.concurrency(),
    traffic: world.traffic.counts(),
    refusals: world.seen.refusalCounts(),
  }
}
