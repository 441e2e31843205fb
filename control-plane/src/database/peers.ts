/**
 * What the control planes of one database are to each other: who does something now, and who has news. On PostgreSQL both are on a
 * connection that is used for nothing else. Locks are advisory ones of its session: the server gives them back when the connection or
 * the process ends, however that comes about. SQLite has one control plane.
 */
import { createHash, randomBytes } from "node:crypto"
import { setMaxListeners } from "node:events"
import { Client } from "pg"
import { attendFile, excludeFile, forgetFile } from "./attendance.ts"

export interface HeldLock {
  /** Aborts when the connection is lost: from then on another one may hold it. */
  readonly lost: AbortSignal
  release(): Promise<void>
}

export interface Peers {
  /** Undefined: another control plane holds it. Rejects while the database is away. Not to be asked for a name that is held here. */
  tryLock(name: string): Promise<HeldLock | undefined>
  /**
   * Is there under a name, together with others, until the returned function is called or the process ends. Undefined: somebody
   * excludes it. A connection that is opened anew attends again.
   */
  attend(name: string): Promise<(() => Promise<void>) | undefined>
  /** Is there alone: undefined while anybody attends, and who comes is refused meanwhile. */
  exclude(name: string): Promise<HeldLock | undefined>
  /** Takes away what is kept for a name under which nobody comes to attend any more. */
  forget(name: string): Promise<void>
  /** The others have to look at the database. */
  tell(): void
  /** Another one has told, or may have while the connection was away. It is opened anew by the next `tryLock`. */
  onTold(listener: () => void): void
  close(): Promise<void>
}

/** For the `lost` of whatever is held at the same time: that is each job there is, where Node warns of more than ten. */
function heardByMany(): AbortController {
  const controller = new AbortController()
  setMaxListeners(0, controller.signal)
  return controller
}

const NEVER = heardByMany().signal

/** SQLite has one control plane, and those that look after its database. */
export function createSqlitePeers(path: string): Peers {
  const held = new Set<() => Promise<void>>()
  const fileOf = (name: string): string => `${path}.${name}.lock`
  const holding = (release: (() => Promise<void>) | undefined): (() => Promise<void>) | undefined => {
    if (release === undefined) return undefined
    const end = async (): Promise<void> => {
      if (held.delete(end)) await release()
    }
    held.add(end)
    return end
  }
  return {
    tryLock: () => Promise.resolve({ lost: NEVER, release: () => Promise.resolve() }),
    attend: async (name) => holding(await attendFile(fileOf(name))),
    exclude: async (name) => {
      const release = holding(await excludeFile(fileOf(name)))
      return release && { lost: NEVER, release }
    },
    forget: (name) => forgetFile(fileOf(name)),
    tell: () => undefined,
    onTold: () => undefined,
    close: async () => {
      for (const release of held) await release()
    },
  }
}

/** Of all our advisory locks, so that those of others in the same database are others. */
const OURS = 0x4c61_6772
const CHANNEL = "lagrange_news"
const ATTEND = "SELECT pg_try_advisory_lock_shared($1, $2) AS done"
const TIMEOUT_MS = 10_000
/** A machine that vanished is noticed by the server after about this long, and not after the usual two hours. */
const KEEP_ALIVE = "SET tcp_keepalives_idle = 15; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3"

interface Connection {
  readonly client: Client
  readonly lost: AbortSignal
  /** Ends with the last statement that was asked for: there is one at a time. */
  turn: Promise<unknown>
}

export function createPostgresqlPeers(connectionString: string): Peers {
  const self = randomBytes(9).toString("base64url")
  const listeners = new Set<() => void>()
  const attending: string[] = []
  let connection: Promise<Connection> | undefined
  let current: Client | undefined
  let isClosed = false
  /** Something was to be told while the connection was away. */
  let isUntold = false

  function told(): void {
    for (const listener of listeners) listener()
  }

  async function connect(): Promise<Connection> {
    const client = new Client({
      connectionString,
      connectionTimeoutMillis: TIMEOUT_MS,
      query_timeout: TIMEOUT_MS,
      keepAlive: true,
      application_name: "lagrange peers",
    })
    current = client
    const lost = heardByMany()
    const end = (): void => {
      if (current === client) connection = undefined
      lost.abort()
    }
    // An error of the connection is followed by its end; one of a query rejects that.
    client.on("error", end)
    client.on("end", end)
    client.on("notification", ({ payload }) => {
      if (payload !== self) told()
    })
    try {
      await client.connect()
      await client.query(`${KEEP_ALIVE}; LISTEN ${CHANNEL}`)
      for (const name of attending) {
        const { rows } = await client.query<{ done: boolean }>(ATTEND, [OURS, keyOf(name)])
        if (rows[0]?.done !== true) throw new Error("the database is being restored")
      }
    } catch (error) {
      await client.end().catch(ended)
      throw error
    }
    told()
    return { client, lost: lost.signal, turn: Promise.resolve() }
  }

  async function opened(): Promise<Connection> {
    connection ??= connect()
    try {
      return await connection
    } catch (error) {
      connection = undefined
      throw error
    }
  }

  function ask(open: Connection, statement: string, values: readonly unknown[]): Promise<boolean> {
    const answer = open.turn.then(() => askAlone(open, statement, values))
    open.turn = answer.catch(ended)
    return answer
  }

  /** A connection whose answer did not come is of no more use, and what it held must not stay held. */
  async function askAlone(
    { client, lost }: Connection,
    statement: string,
    values: readonly unknown[],
  ): Promise<boolean> {
    try {
      const { rows } = await client.query<{ done: boolean }>(statement, [...values])
      return rows[0]?.done === true && !lost.aborted
    } catch (error) {
      await client.end().catch(ended)
      throw error
    }
  }

  async function tellOthers(): Promise<void> {
    isUntold = true
    await ask(await opened(), "SELECT pg_notify($1, $2)", [CHANNEL, self])
    isUntold = false
  }

  async function tryLock(name: string): Promise<HeldLock | undefined> {
    const open = await opened()
    if (isUntold) await tellOthers()
    const key = keyOf(name)
    if (!(await ask(open, "SELECT pg_try_advisory_lock($1, $2) AS done", [OURS, key]))) return undefined
    return {
      lost: open.lost,
      release: async () => {
        if (!open.lost.aborted) await ask(open, "SELECT pg_advisory_unlock($1, $2) AS done", [OURS, key]).catch(ended)
      },
    }
  }

  async function leave(name: string): Promise<void> {
    const index = attending.indexOf(name)
    if (index === -1) return
    attending.splice(index, 1)
    const open = await connection?.catch(() => undefined)
    if (open === undefined || open.lost.aborted) return
    await ask(open, "SELECT pg_advisory_unlock_shared($1, $2) AS done", [OURS, keyOf(name)]).catch(ended)
  }

  return {
    tryLock,
    exclude: tryLock,
    forget: () => Promise.resolve(),
    attend: async (name) => {
      if (!(await ask(await opened(), ATTEND, [OURS, keyOf(name)]))) return undefined
      attending.push(name)
      return () => leave(name)
    },
    tell: () => {
      // Where it fails the next lock that is asked for makes up for it.
      if (!isClosed) void tellOthers().catch(ended)
    },
    onTold: (listener) => void listeners.add(listener),
    close: async () => {
      isClosed = true
      const open = await connection?.catch(() => undefined)
      await open?.client.end().catch(ended)
    },
  }
}

function keyOf(name: string): number {
  return createHash("sha256").update(name).digest().readInt32BE(0)
}

/** The connection is gone, and what it held with it. */
function ended(): void {}
