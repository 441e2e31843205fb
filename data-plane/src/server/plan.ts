/** What is sent for a request: the model behind the asked name, and the upstream body, made once and used by every attempt. */
import { mayUse } from "#shared/key-models.ts"
import type { SchemaReport } from "#shared/link-protocol.ts"
import type { NameWish } from "#shared/name-wish.ts"
import type { ModelRoute } from "#shared/route.ts"
import type { CompiledSnapshot } from "#shared/snapshot-compile.ts"
import type { SnapshotAccount, SnapshotApiKey } from "#shared/snapshot.ts"
import { GatewayError } from "../canonical/error.ts"
import type { ChatRequest } from "../canonical/request.ts"
import type { StreamPart } from "../canonical/stream-part.ts"
import type { DecodeContext, EncodedRequest, SealSignature, TargetModel } from "../dialects/dialect.ts"
import { upstreamDialects } from "../dialects/index.ts"
import type { AttemptTarget } from "../pool/attempt-loop.ts"
import type { Fingerprint } from "../pool/blame.ts"
import { carrierKey } from "../signatures/carrier.ts"
import type { Restored } from "../signatures/restore.ts"
import { signaturesFor, type ExchangeSignatures } from "../signatures/signatures.ts"
import type { SignatureStore } from "../signatures/store.ts"
import type { OutgoingCall } from "../transport/sending.ts"
import { UPSTREAMS } from "../upstreams/index.ts"
import { sessionId } from "../upstreams/antigravity/session-id.ts"
import { answeringModel } from "./answering-model.ts"
import { withoutAttribution } from "./attribution.ts"
import { fingerprintOf } from "./fingerprint.ts"

export interface Plan {
  readonly compiled: CompiledSnapshot
  readonly route: ModelRoute
  /** The upstream's id. */
  readonly model: string
  /** What the body was made for. */
  readonly target: TargetModel
  /** The same for every turn of a conversation and for no other. */
  readonly conversation: string
  /** Of the body that is sent now. */
  readonly dropped: readonly string[]
  /** What was changed of the tools' schemas. */
  readonly schemaReport: SchemaReport | undefined
  /** What the answer is read by. */
  readonly expected: Expected
  /** The last turn holds results of tools only, after which a model may say nothing. */
  readonly mayBeEmpty: boolean
  /** For signatures on their way to the client. */
  readonly seal: SealSignature
  readonly sealText: (text: string) => string
  /** Keeps the signatures of one attempt's answer. */
  observe(): (part: StreamPart) => void
  hosts(account: SnapshotAccount): number
  call(target: AttemptTarget, requestId: string): OutgoingCall
  /** Takes thoughts and signatures out of the body after the upstream refused one; false: there are none. */
  repair(): boolean
  /** Tells requests apart after a failure; undefined once the body was let go. */
  fingerprint(): Fingerprint | undefined
  /** The same request for another model; undefined: it was let go, or asks for what that model cannot do. */
  forModel(model: string): Plan | undefined
  /** Forgets the body: no attempt follows. */
  letGo(): void
}

/** What the decoder of the answer must know of the request. */
export type Expected = Omit<DecodeContext, "mintToolCallId">

/** Who asks: which signatures may be found, and where, and which models may answer. */
export interface Tenant {
  readonly key: Pick<SnapshotApiKey, "lineage" | "models">
  readonly signatures: SignatureStore
}

/** What plans are made of. */
interface PlanAsk {
  readonly compiled: CompiledSnapshot
  readonly request: ChatRequest
  readonly tenant: Tenant
  readonly route: ModelRoute
}

/** A plan for each answer that is wanted. What they send is made once; what an attempt changes of it belongs to its own plan. */
export function createPlans(
  compiled: CompiledSnapshot,
  request: ChatRequest,
  tenant: Tenant,
  count: number,
  route: ModelRoute,
): readonly Plan[] {
  const { ask, known, first, restored } = prepareLead({ compiled, request, tenant, route })
  const plans: Plan[] = []
  while (plans.length < count) plans.push(planOf(known, first, restored, ask))
  return plans
}

/**
 * What is asked of the route's model. Where that only stands for a name that nobody offers, it gives its place to the first of those that
 * follow it which can do what is asked.
 */
function prepareLead(ask: PlanAsk) {
  const { route, tenant } = ask
  const others = route.unoffered === undefined ? [] : route.fallbacks.filter((model) => mayUse(tenant.key, model))
  let refusal: GatewayError | undefined
  for (const [index, model] of [route.model, ...others].entries()) {
    const led = index === 0 ? ask : { ...ask, route: { ...route, model, fallbacks: others.slice(index) } }
    try {
      return { ask: led, ...prepare(led, model) }
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
      refusal ??= error
    }
  }
  throw refusal ?? new Error("no model was asked")
}

function prepare({ compiled, request, tenant, route }: PlanAsk, asked: string) {
  const { key, signatures: store } = tenant
  const model = answeringModel(compiled, request, asked, key)
  const { settings } = compiled.snapshot
  const catalogue = compiled.modelById.get(model)
  const { thinkingBudgets: efforts } = settings
  const target = {
    id: model,
    ...(catalogue === undefined ? {} : { catalogue }),
    ...(efforts === undefined ? {} : { efforts }),
  }
  const { lineage } = key
  const session = sessionId(request, lineage)
  const signatures = signaturesFor({ store, lineage, session, model, key: carrierKey(compiled.apiKeyPepper) })
  const attributed = withoutAttribution(asNamed(request, route.wish), settings.attributionBlock)
  const signed = signatures.restore(attributed.value)
  const restored = { ...signed, dropped: [...attributed.dropped, ...signed.dropped] }
  const known: Known = {
    compiled,
    route,
    target,
    session,
    signatures,
    isOther: model !== asked,
    mayBeEmpty: request.turns.at(-1)?.parts.every((part) => part.type === "tool-result") === true,
  }
  return { known, first: bodyOf(restored, target), restored }
}

/** What does not change, however often something is sent. */
interface Known {
  readonly compiled: CompiledSnapshot
  readonly route: ModelRoute
  readonly target: TargetModel
  readonly session: string
  readonly signatures: ExchangeSignatures
  /** Another model answers than the asked one. */
  readonly isOther: boolean
  readonly mayBeEmpty: boolean
}

/** Its functions live as long as the stream: none of them may name the body or the request but by what `letGo` forgets. */
function planOf(
  { compiled, route, target, session, signatures, isOther, mayBeEmpty }: Known,
  first: Body,
  whole: Restored,
  ask: PlanAsk,
): Plan {
  const { settings } = compiled.snapshot
  const model = target.id
  const { expected, purpose, schemaReport } = first
  let { body, dropped }: Partial<Body> & Pick<Body, "dropped"> = first
  let repairable: Restored | undefined = whole
  let text: ChatRequest["system"] | undefined = whole.request.system
  // Only where another model may follow: a request is large.
  let anew: PlanAsk | undefined = route.fallbacks.length > 0 ? ask : undefined
  return {
    compiled,
    route,
    model,
    target,
    conversation: session,
    get dropped() {
      return isOther ? ["model", ...dropped] : dropped
    },
    schemaReport,
    expected,
    mayBeEmpty,
    seal: signatures.seal,
    sealText: signatures.sealText,
    observe: () => signatures.keep(),
    hosts: (account) => UPSTREAMS[account.kind].hosts(settings).length,
    call({ account, credential, host }, requestId) {
      if (body === undefined) throw new Error("the body was let go before an attempt")
      const upstream = UPSTREAMS[account.kind]
      const base = new URL(upstream.hosts(settings)[host] ?? "")
      const {
        path,
        headers,
        body: bytes,
      } = upstream.outgoing({
        settings,
        accessToken: credential.accessToken,
        projectId: account.projectId ?? "",
        model,
        ...(purpose === undefined ? {} : { purpose }),
        requestId,
        sessionId: session,
        body,
      })
      return {
        origin: base.origin,
        path: base.pathname === "/" ? path : `${base.pathname.replace(/\/$/, "")}${path}`,
        headers,
        body: bytes,
        firstByteTimeoutMs: settings.firstByteTimeoutMs,
        idleTimeoutMs: settings.streamIdleTimeoutMs,
      }
    },
    repair() {
      const repaired = repairable === undefined ? undefined : signatures.repaired(repairable.request)
      const lost = repairable?.dropped ?? []
      repairable = undefined
      if (repaired === undefined) return false
      ;({ body, dropped } = bodyOf({ request: repaired.request, dropped: [...lost, ...repaired.dropped] }, target))
      return true
    },
    fingerprint: () => (body === undefined || text === undefined ? undefined : fingerprintOf(body, text)),
    forModel(other) {
      if (anew === undefined) return undefined
      try {
        const made = prepare(anew, other)
        // What the client reads of a search is decided with the first model.
        if (made.first.expected.isSearch !== expected.isSearch) return undefined
        return planOf(made.known, made.first, made.restored, anew)
      } catch (error) {
        if (error instanceof GatewayError) return undefined
        throw error
      }
    },
    letGo: () => {
      anew = undefined
      body = undefined
      text = undefined
      repairable = undefined
    },
  }
}

interface Body {
  readonly body: Buffer
  readonly dropped: readonly string[]
  readonly expected: Expected
  readonly purpose: EncodedRequest["purpose"]
  readonly schemaReport: SchemaReport | undefined
}

function bodyOf({ request, dropped }: Restored, target: TargetModel): Body {
  const encoded = upstreamDialects.gemini.encodeRequest(request, target)
  const { declaredTools, json, isSearch, purpose, schemaReport } = encoded
  const expected = {
    declaredTools,
    ...(json === undefined ? {} : { json }),
    ...(isSearch === undefined ? {} : { isSearch }),
  }
  const body = upstreamDialects.gemini.serialise(encoded.value)
  return { body, dropped: [...dropped, ...encoded.dropped], expected, purpose, schemaReport }
}

/** What the model's name asks counts where the request itself says nothing of it. */
function asNamed(request: ChatRequest, wish: NameWish | undefined): ChatRequest {
  const reasoning = wish?.reasoning
  return {
    ...request,
    ...(reasoning === undefined ? {} : { reasoning: { ...reasoning, show: reasoning.kind !== "off" } }),
    ...(request.reasoning === undefined ? {} : { reasoning: request.reasoning }),
    ...(wish?.image === undefined ? {} : { image: { ...wish.image, ...request.image } }),
  }
}
