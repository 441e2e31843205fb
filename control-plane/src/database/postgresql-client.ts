/**
 * The connections to PostgreSQL, as Prisma's adapter uses them. It reads related rows side by side, in a transaction over its one
 * connection; `pg` lets what comes too early wait, but warns of it and will do so no longer. So it waits here.
 */
import pg from "pg"

type Query = (...given: readonly unknown[]) => unknown

/** Is asked for one thing at a time; what comes meanwhile has its turn afterwards. */
export class SequentialClient extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super(config)
    const query = this.query.bind(this) as Query // of many forms: each gives a promise, or takes a callback in its last place
    this.query = inTurn(query) as typeof this.query // the same forms
  }
}

function inTurn(query: Query): Query {
  let last: Promise<unknown> = Promise.resolve()
  return (...given) => {
    const tell = given.at(-1)
    const asked = last.then(() => query(...(isCallback(tell) ? given.slice(0, -1) : given)))
    last = asked.catch(() => undefined)
    if (!isCallback(tell)) return asked
    asked.then(
      (result) => tell(undefined, result),
      (error: unknown) => tell(error),
    )
    return undefined
  }
}

function isCallback(value: unknown): value is (error: unknown, result?: unknown) => void {
  return typeof value === "function"
}
