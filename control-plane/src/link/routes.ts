/** The paths that data planes use, as shared/src/link-protocol.ts tells. The token is looked at before anything is read. */
import { ServerResponse, type IncomingMessage } from "node:http"
import { Socket } from "node:net"
import type { Duplex } from "node:stream"
import type { NodeModel } from "#generated/sqlite/models.ts"
import { GuessLimit } from "#shared/guess-limit.ts"
import { MAX_CAPTURE_WIRE_BYTES } from "#shared/capture-wire.ts"
import { parseReportBatch } from "#shared/report-batch.ts"
import {
  CAPTURES_PATH,
  PIPE_PATH,
  PIPE_PROTOCOL,
  REPORTS_PATH,
  SNAPSHOTS_PATH,
  type ReportReceipt,
} from "#shared/link-protocol.ts"
import { NOBODY } from "../audit/actor.ts"
import type { Audit } from "../audit/audit.ts"
import { ShapeError } from "#shared/shape.ts"
import { isLoopback } from "../auth/admin.ts"
import type { Clock } from "../clock.ts"
import { answerJson } from "../http/answer.ts"
import type { ReadClient } from "../http/client.ts"
import { BodyError, readBody, readBytes } from "../http/read-body.ts"
import type { Captures } from "../captures/captures.ts"
import type { Ingest } from "./ingest.ts"
import type { Nodes } from "./nodes.ts"
import type { Pipes } from "./pipes.ts"
import type { Streams } from "./streams.ts"

const MAX_REPORT_BYTES = 16 * 1024 * 1024

export interface LinkRoutesOptions {
  readonly nodes: Nodes
  readonly streams: Streams
  readonly ingest: Ingest
  readonly captures: Pick<Captures, "take">
  readonly pipes: Pick<Pipes, "isAwaited" | "arrived">
  /** A peer on another host may link: a proxy in front does TLS, or nobody else is on the network between them. */
  readonly takesOtherHosts: boolean
  readonly readClient: ReadClient
  readonly clock: Clock
  readonly audit: Pick<Audit, "refused">
  /** Hears of each that was refused, by the code of why. */
  readonly onRefused: (code: string) => void
}

export interface LinkRoutes {
  /** True when the path is one of the link's and the request is taken care of. */
  handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<boolean>
  /** The same of a connection that a node dialled for a pipe. */
  upgrade(request: IncomingMessage, connection: Duplex, head: Buffer): boolean
}

function wholeNumber(text: string | null): number {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : 0
}

/** A sha256 in hex; anything else counts as not told. */
function readHash(text: string | null): { readonly snapshotHash?: string } {
  return text !== null && /^[0-9a-f]{64}$/.test(text) ? { snapshotHash: text } : {}
}

export function createLinkRoutes(options: LinkRoutesOptions): LinkRoutes {
  const { nodes, streams, ingest, captures, pipes, takesOtherHosts, readClient, clock, audit, onRefused } = options
  // One of createNode cannot be guessed; LINK_TOKEN is chosen by hand.
  const guesses = new GuessLimit(() => clock.now())

  function tell(address: string, code: string): void {
    onRefused(code)
    audit.refused({ actor: NOBODY, action: "link", address }, code)
  }

  async function authenticate(request: IncomingMessage, response: ServerResponse): Promise<NodeModel | undefined> {
    const { address } = readClient(request)
    if (!takesOtherHosts && !isLoopback(address)) {
      answerJson(response, 403, {
        error:
          "A link from another host needs TLS: put a proxy in front and set BEHIND_TLS, or CLEAR_TEXT where nobody else is on that network.",
      })
      return undefined
    }
    const token = /^Bearer +([\x21-\x7e]{1,512}) *$/i.exec(request.headers.authorization ?? "")?.[1]
    if (token !== undefined && guesses.waitMs(address, token) > 0) {
      tell(address, "too_many_attempts")
      response.setHeader("retry-after", "1")
      answerJson(response, 429, { error: "Too many wrong link tokens came from your address; try again in 1 s." })
      return undefined
    }
    const node = token === undefined ? undefined : await nodes.findByToken(token)
    if (node === undefined) {
      if (token !== undefined) guesses.wrong(address, token)
      tell(address, "unknown_token")
      response.setHeader("www-authenticate", "Bearer")
      answerJson(response, 401, {
        error: "The link token is not known here: see LINK_TOKEN, or make one with createNode.",
      })
    }
    return node
  }

  async function takeReports(node: NodeModel, request: IncomingMessage, response: ServerResponse): Promise<void> {
    let value: unknown
    try {
      value = JSON.parse(await readBody(request, MAX_REPORT_BYTES))
    } catch (error) {
      const status = error instanceof BodyError ? error.status : 400
      return answerJson(response, status, {
        error: error instanceof BodyError ? error.message : "The body is not JSON.",
      })
    }
    const batch = parseReportBatch(value)
    if ("refused" in batch) return answerJson(response, 400, { error: batch.refused })
    await ingest.take(node, batch)
    // What a newer data plane reports and we do not know is taken as well: it would be sent again without end.
    const receipt: ReportReceipt = { accepted: [...batch.items.map((item) => item.id), ...batch.ignored] }
    answerJson(response, 200, receipt)
  }

  async function takeCapture(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const { exchangeId } = await captures.take(await readBytes(request, MAX_CAPTURE_WIRE_BYTES))
      const receipt: ReportReceipt = { accepted: [exchangeId] }
      answerJson(response, 200, receipt)
    } catch (error) {
      if (error instanceof BodyError) return answerJson(response, error.status, { error: error.message })
      if (error instanceof ShapeError) return answerJson(response, 400, { error: `${error.message}.` })
      throw error
    }
  }

  /** Refused like anything else of the link, or handed to who waits for it. */
  async function takePipe(request: IncomingMessage, connection: Socket, head: Buffer, pipeId: string): Promise<void> {
    const response = new ServerResponse(request)
    response.shouldKeepAlive = false
    response.assignSocket(connection)
    response.on("finish", () => connection.end())
    const node = await authenticate(request, response)
    if (node === undefined) return
    if (!pipes.isAwaited(pipeId, node.id)) {
      answerJson(response, 404, { error: "Nobody waits for this pipe here, or not any more." })
      return
    }
    response.detachSocket(connection)
    connection.write(`HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: ${PIPE_PROTOCOL}\r\n\r\n`)
    if (head.length > 0) connection.unshift(head)
    pipes.arrived(pipeId, connection)
  }

  return {
    upgrade: (request, connection, head) => {
      const [path, query = ""] = (request.url ?? "").split("?", 2)
      if (path !== PIPE_PATH || request.headers.upgrade !== PIPE_PROTOCOL || request.method !== "GET") return false
      connection.on("error", () => connection.destroy())
      // Always one: nobody upgrades what was no connection of the listener.
      if (!(connection instanceof Socket)) return false
      takePipe(request, connection, head, new URLSearchParams(query).get("id") ?? "").catch(() => connection.destroy())
      return true
    },
    handle: async (request, response, url) => {
      if (url.pathname === PIPE_PATH) {
        response.setHeader("upgrade", PIPE_PROTOCOL)
        answerJson(response, 426, { error: "This path takes a data plane's pipe only." })
        return true
      }
      const isSnapshots = url.pathname === SNAPSHOTS_PATH
      const isCapture = url.pathname === CAPTURES_PATH
      if (!isSnapshots && !isCapture && url.pathname !== REPORTS_PATH) return false
      const method = isSnapshots ? "GET" : "POST"
      if (request.method !== method) {
        response.setHeader("allow", method)
        answerJson(response, 405, { error: `This path takes ${method} only.` })
        return true
      }
      const node = await authenticate(request, response)
      if (node === undefined) return true
      if (!isSnapshots) {
        await (isCapture ? takeCapture(request, response) : takeReports(node, request, response))
        return true
      }
      streams.open(
        {
          nodeId: node.id,
          boot: (url.searchParams.get("boot") ?? "").slice(0, 100),
          snapshotEpoch: wholeNumber(url.searchParams.get("snapshotEpoch")),
          snapshotVersion: wholeNumber(url.searchParams.get("snapshotVersion")),
          ...readHash(url.searchParams.get("snapshotHash")),
        },
        response,
      )
      return true
    },
  }
}
