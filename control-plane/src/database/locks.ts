/**
 * Who of several control planes on one database does something now. On PostgreSQL these are advisory locks of a session, on a
 * connection that is used for nothing else: the server gives them back when the connection or the process ends, however that comes
 * about. SQLite has one control plane.
 */
import { createHash } from "node:crypto"
import { Client } from "pg"

export interface HeldLock {
  /** Aborts when the connection is lost: from then on another one may hold it. */
  readonly lost: AbortSignal
  release(): Promise<void>
}

export interface Locks {
  /** Undefined: another control plane holds it. Rejects while the database is away. Not to be asked for a name that is held here. */
  tryLock(name: string): Promise<HeldLock | undefined>
  close(): Promise<void>
}

const NEVER = new AbortController().signal

export const alwaysFree: Locks = {
  tryLock: () => Promise.resolve({ lost: NEVER, release: () => Promise.resolve() }),
  close: () => Promise.resolve(),
}

/** Of all our advisory locks, so that those of others in the same database are others. */
const OURS = 0x4c61_6772
const TIMEOUT_MS = 10_000
/** A machine that vanished is noticed by the server after about this long, and not after the usual two hours. */
const KEEP_ALIVE = "SET tcp_keepalives_idle = 15; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3"

interface Connection {
  readonly client: Client
  readonly lost: AbortSignal
  /** Ends with the last statement that was asked for: there is one at a time. */
  turn: Promise<unknown>
}

export function createPostgresqlLocks(connectionString: string): Locks {
  let connection: Promise<Connection> | undefined
  let current: Client | undefined

  async function connect(): Promise<Connection> {
    const client = new Client({
      connectionString,
      connectionTimeoutMillis: TIMEOUT_MS,
      query_timeout: TIMEOUT_MS,
      keepAlive: true,
      application_name: "lagrange locks",
    })
    current = client
    const lost = new AbortController()
    const end = (): void => {
      if (current === client) connection = undefined
      lost.abort()
    }
    // An error of the connection is followed by its end; one of a query rejects that.
    client.on("error", end)
    client.on("end", end)
    try {
      await client.connect()
      await client.query(KEEP_ALIVE)
    } catch (error) {
      await client.end().catch(ended)
      throw error
    }
    return { client, lost: lost.signal, turn: Promise.resolve() }
  }

  function ask(open: Connection, statement: string, key: number): Promise<boolean> {
    const answer = open.turn.then(() => askAlone(open, statement, key))
    open.turn = answer.catch(ended)
    return answer
  }

  /** A connection whose answer did not come is of no more use, and what it held must not stay held. */
  async function askAlone({ client, lost }: Connection, statement: string, key: number): Promise<boolean> {
    try {
      const { rows } = await client.query<{ done: boolean }>(statement, [OURS, key])
      return rows[0]?.done === true && !lost.aborted
    } catch (error) {
      await client.end().catch(ended)
      throw error
    }
  }

  return {
    tryLock: async (name) => {
      connection ??= connect()
      const open = await connection.catch((error: unknown) => {
        connection = undefined
        throw error
      })
      const key = createHash("sha256").update(name).digest().readInt32BE(0)
      if (!(await ask(open, "SELECT pg_try_advisory_lock($1, $2) AS done", key))) return undefined
      return {
        lost: open.lost,
        release: async () => {
          if (!open.lost.aborted) await ask(open, "SELECT pg_advisory_unlock($1, $2) AS done", key).catch(ended)
        },
      }
    },
    close: async () => {
      const open = await connection?.catch(() => undefined)
      await open?.client.end().catch(ended)
    },
  }
}

/** The connection is gone, and what it held with it: just what was wanted. */
function ended(): void {}
