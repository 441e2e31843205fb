/**
 * Takes what data planes report. Reports come at least once; taking one twice changes nothing: exchanges by their id and their place
 * in what the process reported, facts by their time, refusals by the generation they are about.
 */
import { Prisma } from "#generated/sqlite/client.ts"
import type { AccountModel, NodeModel } from "#generated/sqlite/models.ts"
import type { AccountFact, CredentialRefused, ExchangeRecord, ReportBatch, ReportItem } from "#shared/link-protocol.ts"
import type { Logger } from "#shared/log.ts"
import { never } from "#shared/never.ts"
import type { Renewals } from "../accounts/renew.ts"
import { endServed, type Cooldowns } from "../accounts/cooldowns.ts"
import type { PoolPause } from "../accounts/pool-pause.ts"
import {
  countRefusal,
  failureClassOf,
  needsLogin,
  refusedAgainAndAgain,
  stateOfFailure,
  writeState,
} from "../accounts/states.ts"
import type { Audit } from "../audit/audit.ts"
import { countUse } from "../api-keys/key-use.ts"
import type { Clock } from "../clock.ts"
import { insertMany } from "../database/insert-many.ts"
import { isUniqueViolation, type Database, type Transaction } from "../database/open.ts"
import type { Events } from "../events.ts"
import { numbers } from "../json.ts"
import type { QuotaSync } from "../quota/sync.ts"
import { countQuotaUse } from "../quota/use.ts"
import type { InForce } from "../snapshot/in-force.ts"
import type { Traffic } from "../traffic.ts"
import { addToRollUps } from "../usage/roll-up.ts"
import type { Commands } from "./commands.ts"
import type { Nodes } from "./nodes.ts"
import { moveMark, readMark, sequenceOf } from "./report-marks.ts"
import {
  EARLIER_COLUMNS,
  earlierAttempts,
  exhaustedAccounts,
  lastAccountOf,
  REQUEST_COLUMNS,
  requestRow,
} from "./request-rows.ts"
import { addUses, usesBy } from "./uses.ts"

export interface IngestOptions {
  readonly database: Database
  readonly clock: Clock
  readonly log: Logger
  readonly audit: Pick<Audit, "record">
  readonly events: Events
  readonly nodes: Nodes
  readonly traffic: Traffic
  readonly renewals: Renewals
  readonly inForce: Pick<InForce, "answered">
  readonly pause: Pick<PoolPause, "onFailure">
  readonly cooldowns: Pick<Cooldowns, "take" | "refused">
  readonly quotaSync: Pick<QuotaSync, "exhausted">
  readonly commands: Pick<Commands, "answered">
  /** A key has nothing left of its tokens of the day or the month: data planes have to know. */
  readonly onKeyUsedUp: () => void
  /** An account has to be onboarded again, from the project on. */
  readonly onOnboardingDue: () => void
  /** An account's state changed: the snapshot has to be built anew, listeners told. */
  readonly onChange: (accountId: string) => void
}

export interface Ingest {
  /** Resolves when the batch is durable. */
  take(node: NodeModel, batch: ReportBatch): Promise<void>
  /** Resolves when what runs in the background (renewals) is done. */
  settled(): Promise<void>
}

/** `lastSeenAt` of a node is written at most this often. */
const SEEN_MS = 30_000
/** A batch may hold many more exchanges; between two transactions the rest of the control plane gets at the database. */
const EXCHANGES_A_TRANSACTION = 500

interface Written {
  /** Those that were not there before. */
  readonly fresh: readonly ExchangeRecord[]
  readonly isKeyUsedUp: boolean
}

/** Which of these are there; in one parameter, which costs less than to name each. */
async function knownRequests(
  transaction: Transaction,
  kind: Database["kind"],
  ids: readonly string[],
): Promise<Set<string>> {
  const list = JSON.stringify(ids)
  const source =
    kind === "sqlite"
      ? Prisma.sql`SELECT value FROM json_each(${list})`
      : Prisma.sql`SELECT jsonb_array_elements_text(${list}::jsonb)`
  const rows = await transaction.$queryRaw<
    readonly { id: string }[]
  >`SELECT "id" FROM "RequestRecord" WHERE "id" IN (${source})`
  return new Set(rows.map(({ id }) => id))
}

type ItemOf<Type extends ReportItem["type"]> = Extract<ReportItem, { type: Type }>
type ExchangeItem = ItemOf<"exchange">

export function createIngest(options: IngestOptions): Ingest {
  const {
    database,
    clock,
    log,
    events,
    nodes,
    traffic,
    renewals,
    inForce,
    pause,
    cooldowns,
    quotaSync,
    commands,
    onChange,
    onKeyUsedUp,
    onOnboardingDue,
  } = options
  const { prisma } = database
  // One batch at a time: what is already there is then known for sure, and SQLite has one writer anyway.
  let queue: Promise<unknown> = Promise.resolve()
  const background = new Set<Promise<unknown>>()

  async function writeExchanges(
    transaction: Transaction,
    nodeId: string,
    boot: string,
    items: readonly ExchangeItem[],
  ): Promise<Written> {
    const ids = items.map((item): string => item.exchangeId)
    const seen = await knownRequests(transaction, database.kind, ids)
    const mark = await readMark(transaction, nodeId, boot)
    let last = mark
    const fresh: ExchangeRecord[] = []
    for (const item of items) {
      const sequence = sequenceOf(boot, item.id)
      if (sequence !== undefined) last = Math.max(last, sequence)
      if (seen.has(item.exchangeId) || (sequence !== undefined && sequence <= mark)) continue
      seen.add(item.exchangeId)
      fresh.push(item)
    }
    await moveMark(transaction, { nodeId, boot }, mark, last, clock.now())
    if (fresh.length === 0) return { fresh, isKeyUsedUp: false }
    const rows = fresh.map((record) => requestRow(record, nodeId))
    await insertMany(transaction, database.kind, "RequestRecord", REQUEST_COLUMNS, rows)
    const earlier = fresh.flatMap(earlierAttempts)
    await insertMany(transaction, database.kind, "EarlierAttempt", EARLIER_COLUMNS, earlier)
    await addToRollUps(transaction, database.kind, fresh, nodeId)
    const uses = (idOf: Parameters<typeof usesBy>[1]) => usesBy(fresh, idOf)
    await addUses(
      transaction,
      database.kind,
      "ApiKey",
      uses(({ apiKeyId }) => apiKeyId),
    )
    const isKeyUsedUp = await countUse(transaction, fresh, clock.now())
    await addUses(transaction, database.kind, "Account", uses(lastAccountOf))
    await countQuotaUse(transaction, fresh)
    await endServed(transaction, fresh, clock.now())
    return { fresh, isKeyUsedUp }
  }

  async function takeExchanges(nodeId: string, boot: string, items: readonly ExchangeItem[]): Promise<void> {
    const write = (): Promise<Written> =>
      prisma.$transaction((transaction) => writeExchanges(transaction, nodeId, boot, items))
    const { fresh, isKeyUsedUp } = await write().catch((error: unknown) => {
      // Another control plane wrote some of them meanwhile; the second look finds them.
      if (isUniqueViolation(error)) return write()
      throw error
    })
    // Not before it is durable: whoever is told looks into the database.
    if (isKeyUsedUp) onKeyUsedUp()
    traffic.add(fresh)
    for (const record of fresh) events.publish("requestFinished", record.exchangeId)
    for (const [id, at] of exhaustedAccounts(fresh)) await quotaSync.exhausted(id, at)
    for (const id of new Set(fresh.map(lastAccountOf))) if (id !== undefined) events.publish("accountChanged", id)
  }

  async function takeAcknowledgement(
    node: NodeModel,
    item: ItemOf<"snapshot-ack"> | ItemOf<"snapshot-refuse">,
  ): Promise<void> {
    if (item.type === "snapshot-refuse") {
      log.error("snapshot.refused", { node: node.name, version: item.version, reason: item.reason })
      const data = { refusal: item.reason.slice(0, 500), refusedVersion: BigInt(item.version) }
      await prisma.node.updateMany({ where: { id: node.id }, data })
    } else {
      const snapshotVersion = BigInt(item.version)
      await prisma.node.updateMany({ where: { id: node.id }, data: { snapshotEpoch: item.epoch, snapshotVersion } })
      await prisma.node.updateMany({
        where: { id: node.id, refusedVersion: { lte: snapshotVersion } },
        data: { refusal: null, refusedVersion: null },
      })
    }
    inForce.answered(node.id, item.epoch, item.version)
    events.publish("nodeChanged", node.id)
  }

  async function takeHeartbeat(node: NodeModel, boot: string, item: ItemOf<"heartbeat">): Promise<void> {
    const { type: _type, id: _id, at: _at, ...load } = item
    nodes.heartbeat(node.id, boot, load)
    const now = clock.now()
    const isFresh = node.lastSeenAt !== null && now - node.lastSeenAt.getTime() < SEEN_MS
    if (isFresh && node.version === load.version && node.startedAt?.getTime() === load.startedAt) return
    const data = { lastSeenAt: new Date(now), version: load.version.slice(0, 100), startedAt: new Date(load.startedAt) }
    await prisma.node.updateMany({ where: { id: node.id }, data })
  }

  async function takeRefusedCredential(item: CredentialRefused): Promise<void> {
    const row = await prisma.credential.findUnique({ where: { accountId: item.accountId } })
    // A newer token is on its way to the node, or there already: the refusal is about one that is gone.
    if (row === null || row.generation !== item.generation) return
    if (item.again) {
      const change = needsLogin("a renewed access token was refused as well.")
      if (await writeState(options, item.accountId, change)) onChange(item.accountId)
      return
    }
    await renewals.renew(item.accountId, "refused")
  }

  /** One alone says little; the last of a row of them is a state. */
  async function countedRefusal(row: AccountModel, item: AccountFact & { readonly at: number }) {
    const { times, isEnough } = countRefusal(numbers(row.refusedAt), Math.min(item.at, clock.now()))
    await prisma.account.updateMany({ where: { id: row.id }, data: { refusedAt: isEnough ? [] : times } })
    return isEnough ? refusedAgainAndAgain(item.message) : undefined
  }

  async function takeFact(item: AccountFact & { readonly at: number }): Promise<void> {
    const failureClass = failureClassOf(item.failureClass)
    const row = await prisma.account.findUnique({ where: { id: item.accountId } })
    if (failureClass === undefined || row === null) return
    // Older than the state: about a time before the account was mended.
    if (item.at < row.stateSince.getTime() || row.onboardingPending) return
    await pause.onFailure(item.accountId, failureClass, item.at)
    const link = item.link
    const change =
      failureClass === "forbidden_other"
        ? await countedRefusal(row, item)
        : stateOfFailure({ class: failureClass, message: item.message, link })
    if (change === undefined) {
      const isTold =
        failureClass === "forbidden_other" &&
        (await cooldowns.refused(row.id, { evidence: item.message, at: Math.min(item.at, clock.now()) }))
      if (isTold) onChange(row.id)
      return
    }
    if (await writeState(options, item.accountId, change)) {
      log.warn("account.state", { account: item.accountId, state: change.state, class: failureClass })
      onChange(item.accountId)
      if (change.state === "NEEDS_PROJECT" && !row.projectIsGiven) await findProjectAgain(row.id)
    }
  }

  /** The provider may have moved the account to another project: asked once, in the background. */
  async function findProjectAgain(id: string): Promise<void> {
    const onboardingDueAt = new Date(clock.now())
    await prisma.account.updateMany({ where: { id }, data: { onboardingPending: true, onboardingDueAt } })
    onOnboardingDue()
  }

  function inBackground(work: Promise<unknown>): void {
    const watched: Promise<unknown> = work
      .catch((error: unknown) =>
        log.error("ingest.failed", { reason: error instanceof Error ? error.message : String(error) }),
      )
      .finally(() => background.delete(watched))
    background.add(watched)
  }

  async function takeItem(node: NodeModel, boot: string, item: ReportItem): Promise<void> {
    switch (item.type) {
      case "exchange":
        return
      case "heartbeat":
        return takeHeartbeat(node, boot, item)
      case "snapshot-ack":
      case "snapshot-refuse":
        return takeAcknowledgement(node, item)
      case "credential-refused":
        // The provider may take seconds; the receipt does not wait for it.
        return inBackground(takeRefusedCredential(item))
      case "account-fact":
        return takeFact(item)
      case "cooldown":
        if (await cooldowns.take(item)) onChange(item.accountId)
        if (item.cause === "quota") await quotaSync.exhausted(item.accountId, item.since)
        return
      case "command-ack":
        commands.answered(node.id, item)
        return
      case "dropped":
        log.warn("reports.dropped", { node: node.name, count: item.count })
        return
      default:
        never(item)
    }
  }

  async function take(node: NodeModel, batch: ReportBatch): Promise<void> {
    const exchanges = batch.items.filter((item) => item.type === "exchange")
    for (let from = 0; from < exchanges.length; from += EXCHANGES_A_TRANSACTION) {
      await takeExchanges(node.id, batch.boot, exchanges.slice(from, from + EXCHANGES_A_TRANSACTION))
    }
    for (const item of batch.items) await takeItem(node, batch.boot, item)
  }

  return {
    take: (node, batch) => {
      const turn = queue.then(() => take(node, batch))
      queue = turn.catch(() => undefined)
      return turn
    },
    settled: async () => {
      await queue
      await Promise.all(background)
    },
  }
}
