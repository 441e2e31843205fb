/** What is sent for a request: the model behind the asked name, and the upstream body, made once and used by every attempt. */
import type { CompiledSnapshot } from "#shared/snapshot-compile.ts"
import type { SnapshotAccount } from "#shared/snapshot.ts"
import type { ChatRequest } from "../canonical/request.ts"
import { upstreamDialects } from "../dialects/index.ts"
import type { AttemptTarget } from "../pool/attempt-loop.ts"
import type { OutgoingCall } from "../transport/sending.ts"
import { UPSTREAMS } from "../upstreams/index.ts"
import { sessionId } from "../upstreams/antigravity/session-id.ts"
import { modelNotFound } from "./models.ts"

export interface Plan {
  readonly compiled: CompiledSnapshot
  /** The upstream's id. */
  readonly model: string
  readonly dropped: readonly string[]
  hosts(account: SnapshotAccount): number
  call(target: AttemptTarget, requestId: string): OutgoingCall
  /** Forgets the body: no attempt follows. */
  letGo(): void
}

/** Throws `model_not_found` before any upstream call when no usable account offers the model. */
export function createPlan(compiled: CompiledSnapshot, request: ChatRequest, lineage: string): Plan {
  const resolution = compiled.resolve(request.model)
  if ("notFound" in resolution) throw modelNotFound(resolution.notFound, resolution.nearest)
  const { model } = resolution
  const { settings } = compiled.snapshot
  const catalogue = compiled.modelById.get(model)
  const target = { id: model, ...(catalogue === undefined ? {} : { catalogue }) }
  const encoded = upstreamDialects.gemini.encodeRequest(request, target)
  const session = sessionId(request, lineage)
  let body: Buffer | undefined = Buffer.from(JSON.stringify(encoded.value))
  return {
    compiled,
    model,
    dropped: encoded.dropped,
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
    letGo: () => {
      body = undefined
    },
  }
}
