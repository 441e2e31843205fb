/** Data planes: the tokens by which they prove themselves, and what this process knows of each at the moment. */
import type { NodeModel } from "#generated/sqlite/models.ts"
import { LINK_TOKEN_PREFIX, mintToken } from "#shared/api-key.ts"
import { LINK_DEAD_MS, type NodeLoad } from "#shared/link-protocol.ts"
import { Secret } from "#shared/secret.ts"
import type { Audit } from "../audit/audit.ts"
import type { AuditObject } from "../audit/object.ts"
import { checkName } from "../input-checks.ts"
import type { Clock } from "../clock.ts"
import { isUniqueViolation, type Database } from "../database/open.ts"
import { InvalidInputError, RefusedError } from "../failure.ts"
import { hashToken, newId } from "../new-id.ts"

/** What a running process behind a node said last. A restarted one is another boot. */
export interface LiveBoot {
  readonly boot: string
  readonly load: NodeLoad
  readonly at: number
}

export interface NodesOptions {
  readonly database: Database
  readonly clock: Clock
  readonly audit: Pick<Audit, "record">
  readonly onChange: (nodeId: string) => void
  /** The node's token no longer counts: its streams are closed. */
  readonly onRevoked: (nodeId: string) => void
}

export interface Nodes {
  create(name: string): Promise<{ readonly row: NodeModel; readonly linkToken: string }>
  remove(id: string): Promise<void>
  /** Whose link token this is. */
  findByToken(token: string): Promise<NodeModel | undefined>
  /** Makes the token of the environment the one of the node of that name. */
  establishEnvironmentNode(name: string, token: Secret<string> | undefined): Promise<void>
  heartbeat(nodeId: string, boot: string, load: NodeLoad): void
  /** The newest living boot of a node. */
  live(nodeId: string): LiveBoot | undefined
  /** Exchanges that run now over all nodes. */
  inFlight(): number
  inFlightOfAccount(accountId: string): number
  /** Conversations that live on it over all nodes; undefined: one of the nodes tells of too many accounts, and not of this one. */
  conversationsOfAccount(accountId: string): number | undefined
  forget(nodeId: string, boot: string): void
}

const objectOf = ({ id, name }: NodeModel): AuditObject => ({ kind: "NODE", id, label: name })

/** What one node tells of conversations. */
export interface ConversationCount {
  readonly count: number
  /** Each of the nodes that share theirs counts the same. */
  readonly isShared: boolean
}

/** How many those are over all nodes. Of what is shared the most counts, since one may not have heard of all yet. */
export function allConversations(counts: readonly ConversationCount[]): number {
  let own = 0
  let shared = 0
  for (const { count, isShared } of counts) {
    if (isShared) shared = Math.max(shared, count)
    else own += count
  }
  return own + shared
}

/** Of how many conversations a node told where they live. */
function toldOf(byAccount: Readonly<Record<string, number>>): number {
  return Object.values(byAccount).reduce((sum, count) => sum + count, 0)
}

export function createNodes({ database, clock, audit, onChange, onRevoked }: NodesOptions): Nodes {
  const { node } = database.prisma
  const boots = new Map<string, Map<string, LiveBoot>>()

  function* living(): Generator<LiveBoot> {
    const oldest = clock.now() - LINK_DEAD_MS
    for (const ofNode of boots.values()) {
      for (const boot of ofNode.values()) if (boot.at >= oldest) yield boot
    }
  }

  return {
    create: async (given) => {
      const name = checkName(given, ["input", "name"])
      const linkToken = mintToken(LINK_TOKEN_PREFIX)
      const data = { id: newId("nod"), name, origin: "CREATED", linkTokenHash: hashToken(linkToken) } as const
      try {
        const row = await database.prisma.$transaction(async (transaction) => {
          const made = await transaction.node.create({ data: { ...data, createdAt: new Date(clock.now()) } })
          await audit.record(transaction, { object: objectOf(made), after: { name, linkToken: new Secret(linkToken) } })
          return made
        })
        onChange(row.id)
        return { row, linkToken }
      } catch (error) {
        if (!isUniqueViolation(error)) throw error
        throw new InvalidInputError("name_taken", "There is a data plane of this name already.", ["input", "name"])
      }
    },
    remove: async (id) => {
      const row = await node.findUnique({ where: { id } })
      if (row === null) throw new InvalidInputError("not_found", "There is no such data plane.", ["id"])
      if (row.origin === "ENVIRONMENT") {
        throw new RefusedError(
          "set_by_environment",
          "This data plane's token comes from LINK_TOKEN; change it and start again.",
        )
      }
      await database.prisma.$transaction(async (transaction) => {
        await transaction.node.deleteMany({ where: { id } })
        await audit.record(transaction, { object: objectOf(row), before: { name: row.name } })
      })
      boots.delete(id)
      onRevoked(id)
    },
    findByToken: async (token) => (await node.findUnique({ where: { linkTokenHash: hashToken(token) } })) ?? undefined,
    establishEnvironmentNode: async (name, token) => {
      const linkTokenHash = token === undefined ? undefined : hashToken(token.reveal())
      const known = await node.findMany({
        where: { OR: [{ origin: "ENVIRONMENT" }, ...(linkTokenHash === undefined ? [] : [{ linkTokenHash }])] },
      })
      const isSame = (row: NodeModel): boolean =>
        row.origin === "ENVIRONMENT" && row.name === name && row.linkTokenHash === linkTokenHash
      if (linkTokenHash === undefined ? known.length === 0 : known.length === 1 && known.every(isSame)) return
      await database.prisma.$transaction(async (transaction) => {
        // One node of the environment: a renamed one, or one that took a created node's name, replaces the old row.
        const others = known.filter((row) => linkTokenHash === undefined || row.name !== name)
        await transaction.node.deleteMany({ where: { id: { in: others.map(({ id }) => id) } } })
        const action = "establishEnvironmentNode"
        const gone = others.map((row) => ({ action, object: objectOf(row), before: { name: row.name } }))
        if (linkTokenHash === undefined) return audit.record(transaction, ...gone)
        const row = await transaction.node.upsert({
          where: { name },
          create: { id: newId("nod"), name, origin: "ENVIRONMENT", linkTokenHash, createdAt: new Date(clock.now()) },
          update: { origin: "ENVIRONMENT", linkTokenHash },
        })
        await audit.record(transaction, ...gone, { action, object: objectOf(row), after: { name, linkToken: token } })
      })
    },
    heartbeat: (nodeId, boot, load) => {
      const ofNode = boots.get(nodeId) ?? new Map<string, LiveBoot>()
      boots.set(nodeId, ofNode)
      ofNode.set(boot, { boot, load, at: clock.now() })
      for (const [name, seen] of ofNode) if (clock.now() - seen.at > LINK_DEAD_MS) ofNode.delete(name)
      onChange(nodeId)
    },
    live: (nodeId) => {
      const oldest = clock.now() - LINK_DEAD_MS
      let newest: LiveBoot | undefined
      for (const boot of boots.get(nodeId)?.values() ?? []) {
        if (boot.at >= oldest && (newest === undefined || boot.load.startedAt >= newest.load.startedAt)) newest = boot
      }
      return newest
    },
    inFlight: () => {
      let sum = 0
      for (const boot of living()) sum += boot.load.inFlight
      return sum
    },
    inFlightOfAccount: (id) => {
      let sum = 0
      for (const boot of living()) {
        if (Object.hasOwn(boot.load.inFlightByAccount, id)) sum += boot.load.inFlightByAccount[id] ?? 0
      }
      return sum
    },
    conversationsOfAccount: (id) => {
      const counts: ConversationCount[] = []
      for (const { load } of living()) {
        const { conversations = 0, conversationsByAccount = {}, sharesConversations: isShared = false } = load
        if (Object.hasOwn(conversationsByAccount, id)) counts.push({ count: conversationsByAccount[id] ?? 0, isShared })
        else if (toldOf(conversationsByAccount) < conversations) return undefined
      }
      return allConversations(counts)
    },
    forget: (nodeId, boot) => {
      if (boots.get(nodeId)?.delete(boot)) onChange(nodeId)
    },
  }
}
