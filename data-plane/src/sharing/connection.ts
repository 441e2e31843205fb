/** One connection to the store, over which one round of commands is under way at a time. */
import type { StoreAddress } from "#shared/store-address.ts"
import { connect as connectClear, isIP, type Socket } from "node:net"
import { connect as connectTls } from "node:tls"
import type { Clock, Timer } from "../clock.ts"
import { encodeCommand, ErrorReply, ReplyDecoder, type Reply } from "./resp.ts"

/** Why there is no connection any more, in words that hold nothing of the address's secrets or of the store's content. */
export class StoreFailure extends Error {
  override readonly name = "StoreFailure"
}

export type Command = readonly (string | number)[]

export interface ConnectionOptions {
  readonly address: StoreAddress
  /** Undefined: node's own. */
  readonly certificateAuthorities: readonly string[] | undefined
  readonly clock: Clock
}

/** A store that says nothing for this long is not there. */
export const SILENCE_MS = 5_000
/** Of one text, and of a whole reply: more than any entry of ours and than a page of them. */
const LIMITS = { textBytes: 2 * 1024 * 1024, replyBytes: 40 * 1024 * 1024 }

interface Round {
  readonly count: number
  readonly replies: Reply[]
  readonly timer: Timer
  readonly resolve: (replies: readonly Reply[]) => void
  readonly reject: (failure: StoreFailure) => void
}

export class Connection {
  readonly #clock: Clock
  readonly #socket: Socket
  #round: Round | undefined
  #failure: StoreFailure | undefined

  private constructor(socket: Socket, clock: Clock) {
    this.#socket = socket
    this.#clock = clock
    const decoder = new ReplyDecoder(LIMITS, (reply) => this.#onReply(reply))
    socket.setNoDelay(true)
    socket.on("data", (chunk: Buffer) => {
      // Who sends something is there, however long it takes to be whole.
      this.#round?.timer.refresh()
      try {
        if (this.#failure === undefined) decoder.push(chunk)
      } catch {
        this.close(new StoreFailure("it speaks another protocol"))
      }
    })
    socket.on("error", (error) => this.close(new StoreFailure(reasonOf(error))))
    socket.on("close", () => this.close(new StoreFailure("it closed the connection")))
  }

  /** Connected, and past the store's door. Rejects with `StoreFailure`. */
  static async open({ address, certificateAuthorities, clock }: ConnectionOptions): Promise<Connection> {
    const { host, port, isTls, user, password, database } = address
    const ca = certificateAuthorities === undefined ? {} : { ca: [...certificateAuthorities] }
    const servername = isIP(host) === 0 ? { servername: host } : {}
    const socket = isTls ? connectTls({ host, port, ...servername, ...ca }) : connectClear({ host, port })
    const connection = new Connection(socket, clock)
    const commands: Command[] = []
    if (password !== undefined) commands.push(["AUTH", ...(user === undefined ? [] : [user]), password])
    if (database !== 0) commands.push(["SELECT", database])
    // Written before it is connected: the answer is waited for as long as the connection and no longer.
    for (const reply of await connection.ask([...commands, ["PING"]])) {
      if (!(reply instanceof ErrorReply)) continue
      const failure = refusal(reply)
      connection.close(failure)
      throw failure
    }
    return connection
  }

  /** Replies in the order of the commands, errors among them. Rejects with `StoreFailure` when the connection is no more. */
  ask(commands: readonly Command[], silenceMs = SILENCE_MS): Promise<readonly Reply[]> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure)
      if (this.#round !== undefined) throw new Error("a round is under way")
      const timer = this.#clock.after(silenceMs, () => this.close(new StoreFailure("it does not answer")))
      this.#round = { count: commands.length, replies: [], timer, resolve, reject }
      this.#socket.write(commands.map(encodeCommand).join(""))
    })
  }

  close(failure = new StoreFailure("the connection was closed here")): void {
    if (this.#failure !== undefined) return
    this.#failure = failure
    this.#socket.destroy()
    this.#round?.timer.clear()
    this.#round?.reject(failure)
    this.#round = undefined
  }

  #onReply(reply: Reply): void {
    const round = this.#round
    if (round === undefined) return this.close(new StoreFailure("it answers what nobody asked"))
    round.replies.push(reply)
    if (round.replies.length < round.count) return
    round.timer.clear()
    this.#round = undefined
    round.resolve(round.replies)
  }
}

/** What an error of the store means, as the reason of a failure. */
export function refusal({ code }: ErrorReply): StoreFailure {
  const isDoor = code === "WRONGPASS" || code === "NOAUTH" || code === "NOPERM"
  return new StoreFailure(isDoor ? `it refuses the user or the password of VALKEY_URL (${code})` : `it answers ${code}`)
}

/** Of an error of node's: its code, for its message may name what it was given. */
function reasonOf(error: Error): string {
  return `it cannot be reached (${"code" in error && typeof error.code === "string" ? error.code : error.name})`
}
