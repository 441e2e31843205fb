/** As much of a store as one stream needs, over real sockets, with the faults that a store has. */
import { createServer, type AddressInfo, type Socket } from "node:net"
import { createServer as createTlsServer } from "node:tls"
import type { StoreAddress } from "#shared/store-address.ts"
import type { TestCertificate } from "#shared/testing/certificate.ts"
import { ReplyDecoder } from "../resp.ts"

export interface FakeStore {
  readonly address: StoreAddress
  /** Commands that came, by their first word. */
  readonly asked: string[]
  readonly entries: { readonly id: string; readonly fields: readonly string[] }[]
  /** What it does to its clients. `silent`: nothing is answered. */
  mood: "well" | "silent" | "full" | "loading" | "http" | "closed to readers"
  /** That are open. */
  readonly connections: number
  add(...fields: string[]): void
  /** Whoever waits for an entry has waited long enough. */
  wake(): void
  /** All connections end, and everything is forgotten. */
  restart(): void
  stop(): Promise<void>
}

const PASSWORD = "canary-password-of-the-store"

/** Over TLS with a certificate. */
export async function startFakeStore(certificate?: TestCertificate): Promise<FakeStore> {
  const sockets = new Set<Socket>()
  const waiting = new Map<Socket, string>()
  let serial = 0

  function page(after: string): string {
    const found = store.entries.filter(({ id }) => Number(id.split("-")[0]) > Number(after.split("-")[0])).slice(0, 16)
    return found.length === 0 ? "*-1\r\n" : `*1\r\n*2\r\n${text("stream")}${listOf(found)}`
  }

  function answer(words: readonly string[], socket: Socket): string | undefined {
    switch (words[0]) {
      case "AUTH":
        return words.at(-1) === PASSWORD ? "+OK\r\n" : "-WRONGPASS invalid username-password pair of somebody\r\n"
      case "SELECT":
        return words[1] === "3" ? "+OK\r\n" : "-ERR DB index is out of range\r\n"
      case "PING":
        return store.mood === "loading" ? "-LOADING the dataset is in memory soon\r\n" : "+PONG\r\n"
      case "XREVRANGE":
        if (store.mood === "closed to readers") return "-NOPERM no permissions to run this command\r\n"
        return listOf(store.entries.slice(-1))
      case "XADD":
        if (store.mood === "full") return "-OOM command not allowed when used memory > 'maxmemory'.\r\n"
        store.add(...words.slice(6))
        return text(store.entries.at(-1)?.id ?? "")
      case "XREAD": {
        const after = words.at(-1) ?? "0"
        const found = page(after)
        if (found !== "*-1\r\n" || !words.includes("BLOCK")) return found
        waiting.set(socket, after)
        return undefined
      }
      default:
        return "-ERR unknown command\r\n"
    }
  }

  const serve = (socket: Socket): void => {
    sockets.add(socket)
    const decoder = new ReplyDecoder({ textBytes: 4_000_000, replyBytes: 16_000_000 }, (command) => {
      const words = Array.isArray(command) ? command.map(String) : []
      store.asked.push(words[0] ?? "")
      if (store.mood === "silent") return
      const said = store.mood === "http" ? "HTTP/1.1 400 Bad Request\r\n\r\n" : answer(words, socket)
      if (said !== undefined) socket.write(said)
    })
    socket.on("data", (chunk) => decoder.push(chunk))
    socket.on("error", () => socket.destroy())
    socket.on("close", () => {
      sockets.delete(socket)
      waiting.delete(socket)
    })
  }
  const tls = certificate && { cert: certificate.certificate, key: certificate.key }
  const server = tls === undefined ? createServer(serve) : createTlsServer(tls, serve)
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo // a TCP server's

  const store: FakeStore = {
    address: { host: "127.0.0.1", port, isTls: tls !== undefined, user: undefined, password: PASSWORD, database: 0 },
    asked: [],
    entries: [],
    mood: "well",
    get connections() {
      return sockets.size
    },
    add(...fields) {
      store.entries.push({ id: `${++serial}-0`, fields })
      for (const [socket, after] of waiting) socket.write(page(after))
      waiting.clear()
    },
    wake() {
      for (const socket of waiting.keys()) socket.write("*-1\r\n")
      waiting.clear()
    },
    restart() {
      serial = 0
      store.entries.length = 0
      for (const socket of sockets) socket.destroy()
    },
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return store
}

function text(value: string): string {
  return `$${value.length}\r\n${value}\r\n`
}

function listOf(entries: FakeStore["entries"]): string {
  const each = entries.map(({ id, fields }) => `*2\r\n${text(id)}*${fields.length}\r\n${fields.map(text).join("")}`)
  return `*${each.length}\r\n${each.join("")}`
}
