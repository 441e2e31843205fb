import type { AccountFact } from "#shared/link-protocol.ts"
import type { SnapshotAccount, SnapshotCredential } from "#shared/snapshot.ts"
import type { ClassifiedFailure } from "#shared/upstream-failure.ts"
import { GatewayError } from "../canonical/error.ts"
import type { Credentials } from "../snapshot/credentials.ts"
import type { CooldownScope } from "./cooldown.ts"
import type { PoolCooling } from "./pool-cooling.ts"

export interface BlameOptions {
  readonly model: string
  readonly cooling: PoolCooling
  readonly credentials: Pick<Credentials, "refusedAgain">
  readonly report: (fact: AccountFact) => void
}

/** What the failures of one exchange mean for others: cool-downs, held accounts, and facts for the control plane. */
export class Blame {
  readonly #options: BlameOptions
  readonly #cooledWithoutReason: CooldownScope[] = []

  constructor(options: BlameOptions) {
    this.#options = options
  }

  onFailure(account: SnapshotAccount, sent: SnapshotCredential, failure: ClassifiedFailure): void {
    const { model, cooling, credentials, report } = this.#options
    const cooled = cooling.onFailure(account.id, model, failure)
    if (failure.class === "bare_429" && cooled !== undefined) this.#cooledWithoutReason.push(cooled)
    if (failure.class === "auth") {
      credentials.refusedAgain(account.id, sent.generation)
      cooling.hold(account.id, "auth", failure.message)
      return
    }
    if (failure.accountState === undefined && failure.scope !== "account") return
    const { class: failureClass, message, link } = failure
    report({
      type: "account-fact",
      accountId: account.id,
      failureClass,
      message,
      ...(link === undefined ? {} : { link }),
    })
  }

  /** Two accounts refused the same request without a reason: it is the request's own, and neither account cools. */
  onEnd(): void {
    if (this.#cooledWithoutReason.length <= 1) return
    for (const scope of this.#cooledWithoutReason) this.#options.cooling.takeBack(scope)
  }
}

const LONG_WAIT_MS = 60_000

/** The failure as a client is told of it. */
export function clientError(failure: ClassifiedFailure): GatewayError {
  const { code, clientMessage, retryAfterMs, message } = failure
  const isLong = retryAfterMs !== undefined && retryAfterMs > LONG_WAIT_MS
  return new GatewayError(code, clientMessage, {
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(isLong ? { shouldRetry: false } : {}),
    cause: message,
  })
}
