/** One answer from its plan to its end: what an attempt is, for the loop that makes attempts. */
import type { AttemptRecord, PoolRefusal } from "#shared/link-protocol.ts"
import type { SnapshotAccount, SnapshotApiKey } from "#shared/snapshot.ts"
import { chargedTokens } from "#shared/usage.ts"
import type { DecodeContext } from "../dialects/dialect.ts"
import { clientDialects, upstreamDialects, type ClientDialectName } from "../dialects/index.ts"
import type { OwnTime } from "../own-time.ts"
import { runAttempts, type AttemptJob, type AttemptTarget, type LoopEnd } from "../pool/attempt-loop.ts"
import type { Fingerprint } from "../pool/blame.ts"
import type { LeaseAsk } from "../pool/lease.ts"
import { UPSTREAMS } from "../upstreams/index.ts"
import type { Upstream } from "../upstreams/upstream.ts"
import type { Answer } from "./answer.ts"
import { runAttempt, type AttemptOptions } from "./attempt.ts"
import type { ExchangeServices } from "./exchange.ts"
import type { Plan } from "./plan.ts"
import { clientCallId } from "./tool-call-id.ts"

/** An answer that is wanted: what is sent for it, and where it goes. */
export interface Generation {
  /** Another one when another model answers. */
  plan: Plan
  readonly answer: Answer
}

export interface GenerateOptions {
  readonly services: Pick<ExchangeServices, "ports" | "transport" | "clock" | "mintRequestId">
  readonly dialect: ClientDialectName
  readonly signal: AbortSignal
  readonly key: SnapshotApiKey | undefined
  /** Grows with each attempt. */
  readonly records: AttemptRecord[]
  /** When the request came, on the monotonic clock. */
  readonly begunAt: number
  readonly own: OwnTime
  readonly isStream: boolean
  /** By attempts for another model. */
  readonly spent?: AttemptJob["spent"]
  /** An attempt begins. */
  readonly onAttempt: (target: AttemptTarget) => void
  readonly onRefusal: (refusal: PoolRefusal) => void
}

export function generate({ plan, answer }: Generation, options: GenerateOptions): Promise<LoopEnd> {
  const { services, dialect, signal, key, records, begunAt, own, isStream, spent, onAttempt, onRefusal } = options
  const { ports, transport, clock, mintRequestId } = services
  const { toolCallIdPrefix } = clientDialects[dialect]
  const decodeContext: DecodeContext = {
    ...plan.expected,
    mintToolCallId: (upstreamId) => clientCallId(toolCallIdPrefix, upstreamId),
  }
  const attempt = async (target: AttemptTarget) => {
    onAttempt(target)
    const upstream = UPSTREAMS[target.account.kind]
    const observe = plan.observe()
    const running = runAttempt({
      call: plan.call(target, mintRequestId()),
      transport,
      decode: (emit) =>
        upstreamDialects[upstream.dialect].decodeStream((part) => {
          observe(part)
          emit(part)
        }, decodeContext),
      unwrap: (event) => upstream.unwrap(event),
      ...relayOf(upstream, plan, dialect),
      answer,
      clock,
      own,
      isStream,
      timings: target.timings,
      signal,
      projectId: target.account.projectId ?? "",
      mayBeEmpty: plan.mayBeEmpty,
      onServed: target.onServed,
    })
    // Also of one that failed or that the client left: it was charged all the same.
    return running.finally(() => ports.pool.use(target.account.id, plan.model, chargedTokens(answer.usage)))
  }
  const hosts = (account: SnapshotAccount): number => plan.hosts(account)
  const repair = (): boolean => plan.repair()
  const fingerprint = (): Fingerprint | undefined => plan.fingerprint()
  const { model, compiled: snapshot } = plan
  const planned = { model, snapshot, hosts, attempt, repair, fingerprint }
  const before = spent === undefined ? {} : { spent }
  const job = { ...planned, among: amongOf(plan), ...before, signal, begunAt, own, onRefusal, ...callerOf(key, plan) }
  return runAttempts(job, ports, records)
}

/** Which accounts a routing rule wants, and how one of them is chosen. */
export function amongOf({ route: { group, strategy } }: Pick<Plan, "route">): Pick<LeaseAsk, "group" | "strategy"> {
  return { ...(group === undefined ? {} : { group }), ...(strategy === undefined ? {} : { strategy }) }
}

/** To be spread into a job. */
export function callerOf(key: SnapshotApiKey | undefined, { conversation }: Plan): Pick<AttemptJob, "caller"> {
  if (key === undefined) return {}
  const { id, maxConcurrent } = key
  return { caller: { key: id, conversation, ...(maxConcurrent === undefined ? {} : { maxConcurrent }) } }
}

/** To be spread into an attempt. An answer that must be JSON may have to be mended, which only its parts can be. */
function relayOf(upstream: Upstream, { expected }: Plan, dialect: ClientDialectName): Pick<AttemptOptions, "relay"> {
  const isOwn = upstream.dialect === dialect && clientDialects[dialect].relay !== undefined
  if (!isOwn || expected.json !== undefined) return {}
  const { declaredTools } = expected
  return { relay: { declaredTools, unwrapText: upstream.textUnwrapper() } }
}
