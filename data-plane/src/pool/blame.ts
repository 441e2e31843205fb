import type { AccountFact, CooldownFact } from "#shared/link-protocol.ts"
import type { SnapshotAccount, SnapshotCredential } from "#shared/snapshot.ts"
import type { ClassifiedFailure } from "#shared/upstream-failure.ts"
import { GatewayError } from "../canonical/error.ts"
import type { Credentials } from "../snapshot/credentials.ts"
import type { Cooldown } from "./cooldown.ts"
import type { PoolCooling } from "./pool-cooling.ts"
import type { PoolPause } from "./pool-pause.ts"
import type { RefusedTexts } from "./refused-texts.ts"

/** Digests by which requests are told apart. */
export interface Fingerprint {
  /** Of what the operator of the client wrote: the system text, or the whole request where there is none. */
  readonly text: string
  readonly request: string
}

export interface BlameOptions {
  readonly model: string
  readonly cooling: PoolCooling
  readonly refusedTexts: RefusedTexts
  readonly pause: PoolPause
  readonly credentials: Pick<Credentials, "refusedAgain">
  readonly report: (fact: AccountFact | CooldownFact) => void
  /** Made only after a failure. */
  readonly fingerprint: () => Fingerprint | undefined
}

/** One attempt that failed. */
export interface FailedAttempt {
  readonly account: SnapshotAccount
  readonly sent: SnapshotCredential
  /** On the monotonic clock. */
  readonly startedAt: number
  readonly failure: ClassifiedFailure
}

/** What the failures of one exchange mean for others: cool-downs, held accounts, and facts for the control plane. */
export class Blame {
  readonly #options: BlameOptions
  /** Of refusals without a reason. */
  readonly #suspected: Cooldown[] = []
  #withoutReason = 0

  constructor(options: BlameOptions) {
    this.#options = options
  }

  /** The refusal is known to be about the text: no account need be asked again, and none is at fault. */
  isText({ class: failureClass }: ClassifiedFailure): boolean {
    if (failureClass !== "bare_429") return false
    const text = this.#options.fingerprint()?.text
    return text !== undefined && this.#options.refusedTexts.isCause(text)
  }

  /** `others`: another account is asked next, could be but is not, or there is none. */
  onFailure(attempt: FailedAttempt, others: "next" | "left" | "none"): void {
    const { account, sent, startedAt, failure } = attempt
    const { model, cooling, pause, credentials, report, fingerprint } = this.#options
    const facts = { accountId: account.id, model, startedAt }
    if (failure.class === "bare_429") return this.#onRefusalWithoutReason(attempt, others)
    const request = failure.class === "server" ? fingerprint()?.request : undefined
    const cooldown = cooling.onFailure(facts, failure, request)
    if (cooldown !== undefined && failure.isTimeTold === true) this.#reportLasting(cooldown)
    pause.onFailure(account.id, failure.class)
    if (failure.class === "auth") {
      credentials.refusedAgain(account.id, sent.generation)
      cooling.hold(account.id, "auth", failure.message)
      return
    }
    // Requests that are refused together are one refusal, of which the control plane counts three.
    const isCounted = failure.class === "forbidden_other" && cooldown !== undefined
    if (failure.accountState === undefined && !isCounted) return
    const { class: failureClass, message, link } = failure
    report({
      type: "account-fact",
      accountId: account.id,
      failureClass,
      message,
      ...(link === undefined ? {} : { link }),
    })
  }

  /** Worth knowing after a restart and on other nodes: a quota's reset, when it is not over before they hear of it. */
  #reportLasting({ scope, cause, evidence, since, until }: Cooldown): void {
    if (scope.type !== "account-bucket" || cause !== "quota" || until - since < LASTING_MS) return
    const { accountId, bucket } = scope
    this.#options.report({ type: "cooldown", accountId, bucket, cause, evidence, since, until })
  }

  /**
   * It is the account's until a second one says the same. Where a second one could be asked and is not, nobody knows, and nothing
   * cools.
   */
  #onRefusalWithoutReason({ account, startedAt, failure }: FailedAttempt, others: "next" | "left" | "none"): void {
    const { model, cooling, refusedTexts, fingerprint } = this.#options
    const text = fingerprint()?.text
    if (this.isText(failure)) return
    this.#withoutReason++
    if (this.#withoutReason > 1) {
      for (const cooldown of this.#suspected) cooling.takeBack(cooldown)
      if (text !== undefined) refusedTexts.remember(text)
      return
    }
    if (others === "left") return
    const cooled = cooling.onFailure({ accountId: account.id, model, startedAt }, failure)
    if (cooled !== undefined) this.#suspected.push(cooled)
    if (others === "none" && text !== undefined) refusedTexts.suspect(text, account.id)
  }
}

const LASTING_MS = 60_000
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
