/**
 * One message to a webhook. Its address is of an operator's choosing and may be wrong or hostile: its host must be on the list, the
 * name is resolved once, each of its addresses must be allowed, the connection goes to one that was judged, and no redirect is followed.
 * What the receiver answers is not kept but for its status.
 */
import { lookup } from "node:dns/promises"
import { isIP } from "node:net"
import { ConnectError, requestJson } from "#shared/outbound/request-json.ts"
import { VERSION } from "#shared/version.ts"
import type { WebhookHosts } from "#shared/webhook-hosts.ts"
import type { Clock } from "../clock.ts"
import type { Outbound } from "../outbound.ts"
import { EVENT_ID_HEADER, signature, SIGNATURE_HEADER } from "./message.ts"

export interface Message {
  readonly id: string
  readonly body: string
}

export interface Target {
  readonly url: string
  readonly secret: string
}

export type SendResult =
  | { readonly type: "delivered"; readonly status: number }
  | { readonly type: "failed"; readonly reason: string; readonly status?: number }

export interface SendOptions {
  readonly clock: Clock
  readonly outbound: Outbound
  /** In force; undefined: nothing may be sent anywhere. */
  readonly hosts: () => WebhookHosts | undefined
  readonly resolve?: ((host: string) => Promise<readonly string[]>) | undefined
}

const TIMEOUT_MS = 10_000
/** Of an answer, which is not read. */
const MAX_ANSWER_BYTES = 256 * 1024

export type Send = (target: Target, message: Message, signal?: AbortSignal) => Promise<SendResult>

/** Never rejects. */
export function createSend({ clock, outbound, hosts, resolve = resolveName }: SendOptions): Send {
  async function addressFor(url: URL, allowed: WebhookHosts): Promise<string> {
    const host = url.hostname.replace(/^\[(.*)\]$/, "$1")
    const addresses = isIP(host) === 0 ? await resolve(host).catch(() => []) : [host]
    const [first] = addresses
    if (first === undefined) throw new Refusal(`The name ${host} cannot be resolved.`)
    // One of them could be reached by asking again.
    const other = addresses.find((address) => !allowed.allowsAddress(address))
    if (other !== undefined) {
      throw new Refusal(
        `${host} leads to ${other}, which is not public; list that address in ALERT_WEBHOOK_HOSTS to allow it.`,
      )
    }
    return first
  }

  return async ({ url: text, secret }, { id, body }, signal) => {
    try {
      const url = new URL(text)
      const allowed = hosts()
      const refusal = allowed === undefined ? NO_HOSTS : allowed.refusal(url)
      if (allowed === undefined || refusal !== undefined) throw new Refusal(`The address ${refusal ?? NO_HOSTS}.`)
      const { status } = await requestJson({
        method: "POST",
        url: text,
        address: await addressFor(url, allowed),
        headers: {
          "user-agent": `lagrange/${VERSION}`,
          [EVENT_ID_HEADER]: id,
          [SIGNATURE_HEADER]: signature(secret, body, clock.now()),
        },
        body: Buffer.from(body),
        timeoutMs: TIMEOUT_MS,
        maxBytes: MAX_ANSWER_BYTES,
        signal,
        ...outbound,
      })
      if (status >= 200 && status < 300) return { type: "delivered", status }
      const why = status >= 300 && status < 400 ? "; redirects are not followed" : ""
      return { type: "failed", status, reason: `It answered ${status}${why}.` }
    } catch (error) {
      if (error instanceof Refusal || error instanceof ConnectError) return { type: "failed", reason: error.message }
      throw error
    }
  }
}

/** The end of "The address …". */
export const NO_HOSTS = "is of no host that ALERT_WEBHOOK_HOSTS allows: it is not set"

class Refusal extends Error {}

/** As the system resolves names: also those of its own files. */
async function resolveName(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address)
}
