/** Captured requests are sent again by a data plane: one that is connected is told to, and what comes of it arrives as a capture. */
import type { CapturedExchange, CapturedReplay, ReplayTarget } from "#shared/capture.ts"
import { decodeCapture } from "#shared/capture-wire.ts"
import { loopbackOrigin } from "#shared/loopback-url.ts"
import { InvalidInputError, RefusedError } from "../failure.ts"
import type { Ground } from "../ground.ts"
import type { Commands } from "../link/commands.ts"
import { newId } from "../new-id.ts"
import { pastBefore } from "./erase.ts"
import { openCapture } from "./pack.ts"

/** A data plane gives up a little earlier. */
export const REPLAY_WAIT_MS = 120_000

export interface Replayed {
  readonly outcome: CapturedReplay["outcome"]
  readonly errorCode?: string
  readonly capture: CapturedExchange
}

export interface ReplaysOptions extends Pick<Ground, "database" | "vault" | "audit" | "clock" | "settings"> {
  readonly commands: Pick<Commands, "send">
  readonly connectedNodes: () => ReadonlySet<string>
}

export interface Replays {
  /** Resolves when it has ended. */
  replay(requestId: string, target: ReplayTarget, address: string | undefined): Promise<Replayed>
  /** A capture came from a data plane. */
  arrived(capture: CapturedExchange): void
}

export function createReplays({
  database,
  vault,
  audit,
  clock,
  settings,
  commands,
  connectedNodes,
}: ReplaysOptions): Replays {
  const { prisma } = database
  const waiting = new Map<string, (capture: CapturedExchange) => void>()

  /** The data plane that served it first, else any. */
  async function nodeFor(requestId: string): Promise<string> {
    const connected = connectedNodes()
    const record = await prisma.requestRecord.findUnique({ where: { id: requestId }, select: { nodeId: true } })
    const first = record?.nodeId ?? ""
    const [any] = connected
    const node = connected.has(first) ? first : any
    if (node === undefined) throw new RefusedError("no_data_plane", "No data plane is connected that could send it.")
    return node
  }

  function addressOf(target: ReplayTarget, address: string | undefined): { readonly address?: string } {
    if (target !== "address") {
      if (address === undefined) return {}
      throw new InvalidInputError("not_allowed", "Only the target ADDRESS has an address.", ["input", "address"])
    }
    const origin = loopbackOrigin(address ?? "")
    if (origin !== undefined) return { address: origin }
    const message = "Give an address on the data plane's own machine, as http://127.0.0.1:8090."
    throw new InvalidInputError("not_allowed", message, ["input", "address"])
  }

  /** Undefined: it did not end in time. */
  function ended(replayId: string): {
    readonly capture: Promise<CapturedExchange | undefined>
    readonly end: () => void
  } {
    let end = (): void => undefined
    const capture = new Promise<CapturedExchange | undefined>((resolve) => {
      const cancel = clock.after(REPLAY_WAIT_MS, () => resolve(undefined))
      waiting.set(replayId, resolve)
      end = () => {
        cancel()
        waiting.delete(replayId)
      }
    })
    return { capture, end }
  }

  return {
    arrived: (capture) => {
      if (capture.replay !== undefined) waiting.get(capture.replay.replayId)?.(capture)
    },
    replay: async (requestId, target, given) => {
      const address = addressOf(target, given)
      const row = await prisma.capture.findUnique({
        where: { requestId, startedAt: { gt: pastBefore(clock, settings) } },
      })
      if (row === null) {
        throw new RefusedError("not_captured", "Its bodies were not captured, or are erased: nothing is there to send.")
      }
      const { apiKeyId, exchangeId, request } = decodeCapture(await openCapture(vault, requestId, row.sealedExchange))
      const { body, ...head } = request
      if (body.truncated) throw new RefusedError("truncated", "Only the beginning of its body was captured.")
      const node = await nodeFor(requestId)
      await audit.note({ object: { kind: "REQUEST", id: requestId }, after: { target, ...address } })
      const replayId = newId("rpl")
      const { capture, end } = ended(replayId)
      try {
        const sent = { ...head, body: { text: body.text, encoding: body.encoding } }
        const command = { type: "replay-exchange", replayId, of: exchangeId, apiKeyId, target, ...address } as const
        const { answers } = await commands.send({ ...command, request: sent }, node)
        const answer = answers.get(node)
        if (answer !== undefined && answer.outcome !== "done") {
          throw new RefusedError("data_plane_refused", answer.reason ?? "The command came too late.")
        }
        const arrived = await capture
        if (arrived?.replay === undefined) {
          throw new RefusedError("timed_out", "It did not end in time; what became of it may be among the requests.")
        }
        const { outcome, errorCode } = arrived.replay
        return { outcome, ...(errorCode === undefined ? {} : { errorCode }), capture: arrived }
      } finally {
        end()
      }
    },
  }
}
