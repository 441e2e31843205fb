/**
 * What a replay runs on that must not touch the pool: the same rules, names and models, and a pool of its own with one account that was
 * made up. Nothing of a real account is in it, and nothing that it learns outlives it.
 */
import { accountId } from "#shared/ids.ts"
import { REPLAY_ACCESS_TOKEN, REPLAY_PROJECT } from "#shared/replay-account.ts"
import type { Snapshot } from "#shared/snapshot.ts"
import { GatewayError } from "../canonical/error.ts"
import { Pool } from "../pool/pool.ts"
import { PoolCooling } from "../pool/pool-cooling.ts"
import { PoolPause } from "../pool/pool-pause.ts"
import { RefusedTexts } from "../pool/refused-texts.ts"
import { RetryCredit } from "../pool/retry-credit.ts"
import type { ExchangeServices } from "../server/exchange.ts"
import { KeyLimits } from "../server/key-limits.ts"
import { SignatureStore } from "../signatures/store.ts"
import { Credentials } from "../snapshot/credentials.ts"
import { SnapshotStore } from "../snapshot/store.ts"
import type { Transport } from "../transport/send.ts"

/** Longer than any replay. */
const TOKEN_MS = 86_400_000
const CATALOGUE = "replay"

/** `origin` is where the made-up account is sent. */
export function sandboxServices(
  services: ExchangeServices,
  snapshot: Snapshot,
  { origin, transport, isQuiet }: { readonly origin: string; readonly transport: Transport; readonly isQuiet: boolean },
): ExchangeServices {
  const { clock } = services
  const { random } = services.ports
  const store = new SnapshotStore()
  store.swap(madeUp(snapshot, origin, clock.now()), "")
  const pool = new Pool(clock, random)
  const pause = new PoolPause({ pool, clock, onPaused: () => undefined, onResumed: () => undefined })
  if (store.current !== undefined) pool.adopt(store.current)
  const credentials = new Credentials(store, clock, () => undefined)
  const cooling = new PoolCooling(pool, clock, () => undefined)
  const refusedTexts = new RefusedTexts(clock)
  const report = (): void => undefined
  return {
    ...services,
    store,
    ports: { clock, random, pool, cooling, refusedTexts, pause, credentials, credit: new RetryCredit(), report },
    transport,
    reporter: { add: () => undefined },
    signatures: new ReadSignatures(services.signatures, clock),
    keyLimits: new KeyLimits(clock),
    ...(isQuiet ? { remoteMedia: { fetch: refuseFiles } } : {}),
  }
}

/** The whole pool's models at one account, without limits. */
function madeUp({ pool: _pool, ...snapshot }: Snapshot, origin: string, now: number): Snapshot {
  const catalogues = Object.values(snapshot.catalogues)
  const models = new Map(catalogues.flatMap((catalogue) => catalogue.models.map((model) => [model.id, model] as const)))
  const deprecatedModelIds = Object.assign(
    {},
    ...catalogues.map((catalogue) => catalogue.deprecatedModelIds),
  ) as Record<string, string> // what each of them is
  return {
    ...snapshot,
    accounts: [
      {
        id: accountId("replay"),
        kind: "antigravity",
        label: "replay",
        usable: true,
        state: "READY",
        projectId: REPLAY_PROJECT,
        credential: { accessToken: REPLAY_ACCESS_TOKEN, expiresAt: now + TOKEN_MS, generation: 1 },
        weight: 1,
        priority: 0,
        tags: [...new Set(snapshot.accounts.flatMap(({ tags = [] }) => tags))],
        ...(models.size === 0 ? {} : { catalogue: CATALOGUE }),
      },
    ],
    catalogues: models.size === 0 ? {} : { [CATALOGUE]: { models: [...models.values()], deprecatedModelIds } },
    settings: {
      ...snapshot.settings,
      antigravityBaseUrls: [origin],
      maxConcurrentPerAccount: 0,
      maxConcurrentPerModel: 0,
    },
  }
}

/** What is known is found; what is learnt is kept nowhere. */
class ReadSignatures extends SignatureStore {
  readonly #known: SignatureStore

  constructor(known: SignatureStore, clock: ExchangeServices["clock"]) {
    super({ clock })
    this.#known = known
  }

  override call(...given: Parameters<SignatureStore["call"]>): ReturnType<SignatureStore["call"]> {
    return this.#known.call(...given)
  }

  override thought(...given: Parameters<SignatureStore["thought"]>): ReturnType<SignatureStore["thought"]> {
    return this.#known.thought(...given)
  }

  override media(...given: Parameters<SignatureStore["media"]>): ReturnType<SignatureStore["media"]> {
    return this.#known.media(...given)
  }

  override hasSeen(...given: Parameters<SignatureStore["hasSeen"]>): ReturnType<SignatureStore["hasSeen"]> {
    return this.#known.hasSeen(...given)
  }

  override turn(...given: Parameters<SignatureStore["turn"]>): ReturnType<SignatureStore["turn"]> {
    return this.#known.turn(...given)
  }
}

function refuseFiles(): Promise<never> {
  const message = "The request names a file by an address, and a replay that sends nothing fetches none."
  return Promise.reject(new GatewayError("invalid_request", message))
}
