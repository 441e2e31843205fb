/** Who a request comes from, as far as the connection and trusted proxies tell it. */
import type { IncomingMessage } from "node:http"
import { createClientAddresses, ignoredProxyMessage } from "#shared/client-address.ts"
import type { Logger } from "#shared/log.ts"

export interface Client {
  readonly address: string
  readonly userAgent: string | undefined
  /** The host name under which the browser reached us, without port; empty when it is none. */
  readonly hostname: string
}

export type ReadClient = (request: IncomingMessage) => Client

/** The last of a header that each proxy adds to. */
function last(header: string | readonly string[] | undefined): string | undefined {
  const text = typeof header === "string" ? header : header?.join(",")
  return text?.split(",").at(-1)?.trim()
}

function hostnameOf(host: string): string {
  return /^[\w.-]{1,253}(?::\d+)?$|^\[[\da-fA-F:.]+\](?::\d+)?$/.test(host) ? host.replace(/:\d+$/, "") : ""
}

export function createReadClient(trustedProxies: readonly string[], log: Logger): ReadClient {
  const addresses = createClientAddresses(trustedProxies, (address) =>
    log.warn("proxy.not-trusted", { address, message: ignoredProxyMessage(address) }),
  )
  return ({ socket, headers }) => {
    const forwarded = headers["x-forwarded-for"]
    const forwardedHost = addresses.isTrusted(socket.remoteAddress) ? last(headers["x-forwarded-host"]) : undefined
    return {
      address: addresses.of(socket.remoteAddress, Array.isArray(forwarded) ? forwarded.join(",") : forwarded),
      userAgent: headers["user-agent"],
      hostname: hostnameOf(forwardedHost ?? "") || hostnameOf(headers.host ?? ""),
    }
  }
}
