/** What a data plane says of captured bodies, for tests without one. */
import type { CapturedExchange } from "#shared/capture.ts"
import { CAPTURE_MEDIA_TYPE, encodeCapture, type CapturedBytes } from "#shared/capture-wire.ts"
import { SYSTEM } from "../../src/audit/actor.ts"
import { accountId, apiKeyId, exchangeId } from "#shared/ids.ts"
import { waitFor } from "../../../test/support/wait-for.ts"
import { LINK_TOKEN, type TestControlPlane } from "./control-plane.ts"
import { connectLink } from "./link-client.ts"

export interface GivenCapture {
  readonly id: string
  readonly apiKeyId: string
  readonly startedAt: number
  readonly capturesErasedAt?: number | undefined
  readonly text: string
  readonly replay?: CapturedExchange["replay"]
}

const bytes = (text: string): CapturedBytes => ({
  chunks: [Buffer.from(text)],
  bytes: Buffer.byteLength(text),
  truncated: false,
})

export function captureBytes({ id, apiKeyId: key, startedAt, capturesErasedAt, text, replay }: GivenCapture): Buffer {
  const chunks = encodeCapture({
    exchangeId: exchangeId(id),
    apiKeyId: apiKeyId(key),
    startedAt,
    ...(capturesErasedAt === undefined ? {} : { capturesErasedAt }),
    dialect: "openai-chat",
    request: { path: "v1/chat/completions", query: "", headers: { accept: "*/*" }, body: bytes(text) },
    attempts: [
      {
        accountId: accountId("acc_gone"),
        origin: "https://upstream.test",
        path: "/v1internal:streamGenerateContent?alt=sse",
        body: bytes(`upstream ${text}`),
        answer: { status: 200, body: bytes("data: {}\n\n") },
      },
    ],
    attemptsLeftOut: 0,
    answer: { status: 200, body: bytes("answer") },
    notes: [{ code: "lost", kind: "dropped", reason: "because", client: "/x" }],
    ...(replay === undefined ? {} : { replay }),
  })
  return Buffer.concat(chunks)
}

export function postCapture(url: string, body: Buffer, token = LINK_TOKEN): Promise<Response> {
  return fetch(`${url}/link/captures`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": CAPTURE_MEDIA_TYPE },
    body: new Uint8Array(body),
    signal: AbortSignal.timeout(60_000),
  })
}

/** Has a text captured and kept, for a key of its own that is captured. */
export async function keepCapture(control: TestControlPlane, id: string, text: string): Promise<void> {
  const { clock, database } = control.controlPlane.services
  const startedAt = clock.now()
  const { it } = await control.data<{ it: { apiKey: { id: string } } }>(
    `mutation { it: createApiKey(input: { name: "captured" }) { ... on CreateApiKeySuccess { apiKey { id } } } }`,
  )
  const { id: key } = it.apiKey
  const until = new Date(startedAt + 3_600_000)
  await control.data("mutation ($id: ID!, $until: DateTime!) { startCapture(id: $id, until: $until) { __typename } }", {
    id: key,
    until,
  })
  await postCapture(control.url, captureBytes({ id, apiKeyId: key, startedAt, text }))
  await database.prisma.capture.findUniqueOrThrow({ where: { requestId: id } })
}

/** What a captured request says; rejects where it does not open. */
export async function keptText({ controlPlane }: TestControlPlane, id: string): Promise<string | undefined> {
  return (await controlPlane.services.captures.read(id, SYSTEM))?.request.body.text
}

export interface ReplayingNode {
  /** Resolves when it is connected no more. */
  leave(): Promise<void>
}

/** A data plane that takes the next replay, leaves, and has its answer then. It takes nothing else, no snapshot either. */
export async function connectReplayingNode({ url, controlPlane }: TestControlPlane): Promise<ReplayingNode> {
  const { streams, clock } = controlPlane.services
  const link = await connectLink(url)
  let isLeaving = false
  const leave = async (): Promise<void> => {
    isLeaving = true
    link.close()
    await waitFor(() => streams.connectedNodes().size === 0)
  }
  const answered = (async () => {
    // Others may be due to it as well.
    const find = () =>
      link.frames.flatMap((one) =>
        one.type === "command" && one.command.type === "replay-exchange" ? [{ id: one.id, command: one.command }] : [],
      )[0]
    const found = await waitFor(() => isLeaving || find())
    if (found === true) return
    const { of, target, replayId, apiKeyId: key } = found.command
    const ack = { type: "command-ack", commandId: found.id, outcome: "done", count: 1 } as const
    await link.report({ ...ack, id: `ack ${found.id}`, at: clock.now() })
    await leave()
    const replay = { of, target, replayId, outcome: "completed" as const }
    const id = `req_again_${replayId}`
    await postCapture(url, captureBytes({ id, apiKeyId: key, startedAt: clock.now(), text: "again", replay }))
  })()
  await waitFor(() => streams.connectedNodes().size > 0)
  return {
    leave: async () => {
      await leave()
      await answered
    },
  }
}
