/** For tests: a client's body on its way through the real plan to the bytes that an attempt would send, and what is said of the way. */
import type { TranslationNote } from "#shared/capture.ts"
import { compileSnapshot, type CompiledSnapshot } from "#shared/snapshot-compile.ts"
import type { Snapshot, SnapshotAccount, SnapshotApiKey } from "#shared/snapshot.ts"
import { clientDialects, type ClientDialectName } from "../../dialects/index.ts"
import type { ChatRequest } from "../../canonical/request.ts"
import { withModel } from "../../server/default-model.ts"
import { createPlans, type Plan } from "../../server/plan.ts"
import { findRoute, takeRoute } from "../../server/route.ts"
import { signingFamily } from "../../signatures/family.ts"
import { SignatureStore } from "../../signatures/store.ts"
import { testAccount, testSnapshot } from "../../testing/snapshots.ts"
import { diffTranslation, type TranslatedExchange } from "../translation-diff.ts"

export const GEMINI = "gemini-3-flash"
export const CLAUDE = "claude-sonnet-4-6"
export const GPT_OSS = "gpt-oss-120b-medium"
export const IMAGE = "gemini-3.1-flash-image"

const CATALOGUE = [
  { id: GEMINI, supportsWebSearch: true, maxOutputTokens: 65_536 },
  { id: CLAUDE, maxOutputTokens: 64_000 },
  { id: GPT_OSS, maxOutputTokens: 32_768 },
  { id: IMAGE },
]

export interface Surroundings {
  readonly snapshot?: Partial<Snapshot>
  readonly store?: SignatureStore
  /** Stands for the fetching of files. */
  readonly fetched?: (request: ChatRequest) => ChatRequest
  readonly form?: string
  /** The upstream refused a signature. */
  readonly isRepaired?: boolean
}

export const KEY = { id: "key", lineage: "lineage" } as unknown as SnapshotApiKey // what routing and plans ask of it

function snapshotOf(more: Partial<Snapshot> | undefined): CompiledSnapshot {
  if (more === undefined) return (plain ??= compiledWith({}))
  return compiledWith(more)
}

let plain: CompiledSnapshot | undefined

function compiledWith(more: Partial<Snapshot>): CompiledSnapshot {
  const base = testSnapshot([account])
  const settings = { ...base.settings, ...more.settings }
  const catalogues = { both: { models: CATALOGUE, deprecatedModelIds: {} } }
  return compileSnapshot({ ...base, catalogues, ...more, settings })
}

const account: SnapshotAccount = testAccount("a")

export interface Translated {
  readonly exchange: TranslatedExchange
  readonly plan: Plan
  readonly notes: readonly TranslationNote[]
}

/** Throws as the exchange would where the request is refused. */
export function translate(
  dialect: ClientDialectName,
  client: Readonly<Record<string, unknown>>,
  { snapshot, store, fetched, form, isRepaired }: Surroundings = {},
): Translated {
  const compiled = snapshotOf(snapshot)
  const { model } = client
  const address = {
    rest: dialect === "gemini" ? String(model) : "",
    ...(form === undefined ? {} : { form }),
  }
  const { value } = clientDialects[dialect].decodeRequest(client, {}, address)
  const named = withModel(value, compiled.snapshot.settings.defaultModel)
  const route = takeRoute(compiled, findRoute(compiled, named, KEY, dialect), named.model, KEY)
  const signatures = store ?? new SignatureStore({ clock: { now: () => 0 } })
  const request = fetched?.(named) ?? named
  const [plan] = createPlans(compiled, request, { key: KEY, signatures }, 1, route)
  if (plan === undefined) throw new Error("no plan")
  if (isRepaired === true) plan.repair()
  const target = { account, credential: { accessToken: "token", generation: 1 }, host: 0 }
  const { body } = plan.call(target as unknown as Parameters<Plan["call"]>[0], "request-1") // what a call asks of it
  const exchange: TranslatedExchange = {
    dialect,
    client,
    headers: {},
    address,
    upstream: JSON.parse(body.toString()),
    target: plan.target,
    route,
    isKept: (signature) => signatures.hasSeen(KEY.lineage, signingFamily(plan.model), signature),
    ...(compiled.snapshot.settings.attributionBlock === undefined
      ? {}
      : { attributionBlock: compiled.snapshot.settings.attributionBlock }),
  }
  return { exchange, plan, notes: diffTranslation(exchange) }
}

/** What would have to be explained, as a test shows it. */
export function unexplained(notes: readonly TranslationNote[]): readonly string[] {
  return notes.filter(({ kind }) => kind === "unexplained").map(({ reason }) => reason)
}
