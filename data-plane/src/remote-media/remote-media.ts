/**
 * Media that a request only names are fetched before it is translated: afterwards it holds their data. What an upstream reads itself
 * stays an address. One failure ends the request, with the client's field and the host in its error.
 */
import { Resolver } from "node:dns/promises"
import { isPublicAddress } from "#shared/public-address.ts"
import { GatewayError } from "../canonical/error.ts"
import type { Part, RemoteMediaPart, ToolResultPart } from "../canonical/part.ts"
import type { ChatRequest } from "../canonical/request.ts"
import { abortReason, type Clock } from "../clock.ts"
import { isReadUpstream, refuseRemoteModality } from "../dialects/modality.ts"
import type { ReadMedia } from "../dialects/read-media.ts"
import { FetchFailure } from "./fetch-failure.ts"
import { fetchFile, type ByteBudget, type FetchPorts } from "./fetch-file.ts"
import { Slots } from "./slots.ts"

/** For one file, its name, connections and redirects included. */
const FILE_TIMEOUT_MS = 10_000
/** As much as a request may hold itself. */
const MAX_REQUEST_BYTES = 64 * 1024 * 1024
/** Different addresses of one request. */
const MAX_ADDRESSES = 100
/** So that nobody's slow servers hold up what others want fetched. */
const AT_ONCE_PER_TENANT = 4
const AT_ONCE = 16
const RESOLVE_TIMEOUT_MS = 3_000

export interface RemoteMediaOptions extends Partial<Pick<FetchPorts, "resolve" | "isAllowed">> {
  readonly clock: Clock
  readonly outboundProxy?: string | undefined
  readonly certificateAuthorities?: readonly string[] | undefined
}

export interface FetchOptions {
  /** The upstream's id of the model that is asked. */
  readonly modelId: string
  /** Who asks: its requests share their slots. */
  readonly tenant: string
  /** The operator's switch. */
  readonly isEnabled: boolean
  readonly signal: AbortSignal
}

export class RemoteMedia {
  readonly #clock: Clock
  readonly #ports: FetchPorts
  readonly #slots = new Slots(AT_ONCE)
  /** Of tenants whose files are being fetched. */
  readonly #tenants = new Map<string, Slots>()

  constructor({ clock, ...ports }: RemoteMediaOptions) {
    this.#clock = clock
    this.#ports = { resolve: resolveName, isAllowed: isPublicAddress, ...ports }
  }

  /** The same request when it names no media, or only such as its upstream reads itself. */
  async fetch(request: ChatRequest, { modelId, tenant, isEnabled, signal }: FetchOptions): Promise<ChatRequest> {
    const wanted = remoteParts(request).filter((part) => !isReadUpstream(part, modelId))
    const [first] = wanted
    if (first === undefined) return request
    for (const part of wanted) refuseRemoteModality(modelId, part)
    if (!isEnabled) {
      const sentence = `${first.param}: this gateway does not fetch files; send the file's data.`
      throw new GatewayError("unsupported_parameter", sentence, { param: first.param })
    }
    const files = await this.#fetchAll(wanted, tenant, signal)
    return replaceParts(request, (part) => files.get(keyOf(part)))
  }

  async #fetchAll(
    wanted: readonly RemoteMediaPart[],
    tenant: string,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, ReadMedia>> {
    const parts = [...new Map(wanted.map((part) => [keyOf(part), part])).values()]
    const excess = parts[MAX_ADDRESSES]
    if (excess !== undefined) throw refusal(excess, `more than ${MAX_ADDRESSES} files of one request are not fetched`)
    const budget: ByteBudget = { left: MAX_REQUEST_BYTES }
    const slots = this.#tenants.get(tenant) ?? new Slots(AT_ONCE_PER_TENANT)
    this.#tenants.set(tenant, slots)
    const group = new AbortController()
    const onAbort = (): void => group.abort(abortReason(signal))
    signal.addEventListener("abort", onAbort, { once: true })
    if (signal.aborted) onAbort()
    const work = parts.map(async (part) => {
      const one = () => this.#fetchOne(part, budget, group.signal)
      return [keyOf(part), await slots.run(group.signal, () => this.#slots.run(group.signal, one))] as const
    })
    try {
      return new Map(await Promise.all(work))
    } catch (error) {
      group.abort(error)
      await Promise.allSettled(work)
      throw signal.aborted ? abortReason(signal) : error
    } finally {
      signal.removeEventListener("abort", onAbort)
      if (slots.isIdle) this.#tenants.delete(tenant)
    }
  }

  async #fetchOne(part: RemoteMediaPart, budget: ByteBudget, signal: AbortSignal): Promise<ReadMedia> {
    const limit = new AbortController()
    const onAbort = (): void => limit.abort(abortReason(signal))
    signal.addEventListener("abort", onAbort, { once: true })
    const timer = this.#clock.after(FILE_TIMEOUT_MS, () =>
      limit.abort(new FetchFailure(`it took longer than ${FILE_TIMEOUT_MS / 1000} s`)),
    )
    try {
      return await fetchFile(part, this.#ports, budget, limit.signal)
    } catch (error) {
      throw error instanceof FetchFailure ? refusal(part, error.message) : error
    } finally {
      timer.clear()
      signal.removeEventListener("abort", onAbort)
    }
  }
}

function refusal({ url, accepts, param }: RemoteMediaPart, reason: string): GatewayError {
  const sentence = `${param}: the ${accepts} at ${new URL(url).host} was not fetched: ${reason}.`
  return new GatewayError("invalid_request", sentence, { param })
}

/** One file is fetched once, however often a conversation names it. */
function keyOf({ url, accepts, mediaType }: RemoteMediaPart): string {
  return `${accepts} ${mediaType ?? ""} ${url}`
}

/** Whether there is anything to fetch: asked of every request. */
export function namesMedia({ turns }: ChatRequest): boolean {
  return turns.some(({ parts }) => parts.some(isRemote))
}

function isRemote(part: Part): boolean {
  return part.type === "remote-media" || (part.type === "tool-result" && part.content.some(isRemote))
}

function remoteParts(request: ChatRequest): readonly RemoteMediaPart[] {
  const found: RemoteMediaPart[] = []
  const look = (part: Part): void => {
    if (part.type === "remote-media") found.push(part)
    else if (part.type === "tool-result") for (const inner of part.content) look(inner)
  }
  for (const turn of request.turns) for (const part of turn.parts) look(part)
  return found
}

function replaceParts(request: ChatRequest, fileOf: (part: RemoteMediaPart) => ReadMedia | undefined): ChatRequest {
  const replaced = <Kind extends Part>(part: Kind): Kind | ReadMedia =>
    part.type === "remote-media" ? (fileOf(part) ?? part) : part
  const inResult = (part: ToolResultPart): ToolResultPart => ({ ...part, content: part.content.map(replaced) })
  const turns = request.turns.map((turn) => ({
    ...turn,
    parts: turn.parts.map((part) => (part.type === "tool-result" ? inResult(part) : replaced(part))),
  }))
  return { ...request, turns }
}

/** Asks the name servers themselves: the system's own look-up would hold threads that files are read on. */
async function resolveName(host: string, signal: AbortSignal): Promise<readonly string[]> {
  const resolver = new Resolver({ timeout: RESOLVE_TIMEOUT_MS, tries: 2 })
  const cancel = (): void => resolver.cancel()
  signal.addEventListener("abort", cancel, { once: true })
  try {
    const found = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)])
    return found.flatMap((result) => (result.status === "fulfilled" ? result.value : []))
  } finally {
    signal.removeEventListener("abort", cancel)
  }
}
