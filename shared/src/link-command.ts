/**
 * What the control plane asks of a data plane beside what the snapshot says: things to do once, each with an id, an end and an
 * answer. A new one is a member of `Command`, a case of `readKnown`, and a handler in
 * data-plane/src/commands/handlers.ts; a data plane of an older version refuses it by itself.
 */
import {
  MAX_CAPTURED_TEXT_BYTES,
  REPLAY_TARGETS,
  type CapturedRequest,
  type CapturedText,
  type ReplayTarget,
} from "./capture.ts"
import { accountId, apiKeyId, exchangeId, type AccountId, type ApiKeyId, type ExchangeId } from "./ids.ts"
import {
  asFields,
  asText,
  booleanAt,
  field,
  mapAt,
  numberAt,
  optionalAt,
  ShapeError,
  textAt,
  type Fields,
  type TextRule,
} from "./shape.ts"

export type Command = ReleaseConversations | ReplayExchange | OpenPipe | DrainNode

/** Conversations forget the account they live on; their next turn chooses one as a new conversation does. */
export interface ReleaseConversations {
  readonly type: "release-conversations"
  readonly of: ConversationScope
}

/** A captured request is run again. `done`: it began; how it ended comes as a captured exchange with this `replayId`. */
export interface ReplayExchange {
  readonly type: "replay-exchange"
  readonly replayId: string
  readonly of: ExchangeId
  /** As whose request. */
  readonly apiKeyId: ApiKeyId
  readonly target: ReplayTarget
  /** Of the target `address`: an upstream on this very machine. */
  readonly address?: string
  readonly request: ReplayedRequest
}

export interface ReplayedRequest extends Omit<CapturedRequest, "body"> {
  readonly body: Pick<CapturedText, "text" | "encoding">
}

/**
 * The node dials the control plane once more (`PIPE_PATH` of link-protocol.ts) and serves the request that comes over that connection.
 * `done`: it dials.
 */
export interface OpenPipe {
  readonly type: "open-pipe"
  readonly pipeId: string
  /** Whose request it is. */
  readonly sender: PipeSender
}

/**
 * The node says that it is not ready, so that balancers send nothing more, and clients connect anew after their answers; whatever comes
 * nevertheless is served. Until it is told otherwise, or starts again. `count`: the exchanges under way.
 */
export interface DrainNode {
  readonly type: "drain"
  /** False: it takes requests again. */
  readonly isOn: boolean
}

/** An administrator or an admin token. */
export interface PipeSender {
  readonly id: string
  readonly name: string
}

/** All that live on an account, all of a key, or one. */
export type ConversationScope =
  | { readonly accountId: AccountId }
  | { readonly apiKeyId: ApiKeyId }
  | { readonly conversation: string }

/** It arrived, and this program does not know it or cannot read it. */
export interface UnreadableCommand {
  readonly type: "unreadable"
  /** For the answer. */
  readonly reason: string
}

export interface CommandFrame {
  readonly type: "command"
  readonly id: string
  /** On the clock of the control plane, whose hello and heartbeats tell its time. */
  readonly expiresAt: number
  readonly command: Command | UnreadableCommand
}

/** `refused`: the node does not know the command, or cannot do it. `expired`: it came too late, and was not done. */
export const COMMAND_OUTCOMES = ["done", "refused", "expired"] as const

export type CommandOutcome = (typeof COMMAND_OUTCOMES)[number]

export interface CommandAnswer {
  readonly outcome: CommandOutcome
  /** How many things it was done to. */
  readonly count?: number
  /** Why it was refused. */
  readonly reason?: string
}

export interface CommandAck extends CommandAnswer {
  readonly type: "command-ack"
  readonly commandId: string
}

/** What `sessionId` of the data plane makes of a conversation. */
export const CONVERSATION: TextRule = { min: 1, max: 20, pattern: /^-?\d+$/ }

const ID: TextRule = { min: 1, max: 200 }
const NAME: TextRule = { max: 300, cut: true }
const REASON: TextRule = { max: 300, cut: true }
/** Of whatever a node has: a sum of many such numbers is still one that GraphQL can tell. */
const COUNT = { min: 0, max: 10_000_000 }
const MOMENT = { min: 0, max: Number.MAX_SAFE_INTEGER, isFraction: true }

/** Throws `ShapeError` only where even an answer would not be possible. */
export function readCommandFrame(fields: Fields): CommandFrame {
  const id = textAt(fields, "id", "frame", ID)
  const expiresAt = numberAt(fields, "expiresAt", "frame", MOMENT)
  return { type: "command", id, expiresAt, command: readCommand(field(fields, "command")) }
}

function readCommand(value: unknown): Command | UnreadableCommand {
  try {
    return readKnown(asFields(value, "command"))
  } catch (error) {
    if (error instanceof ShapeError) return { type: "unreadable", reason: error.message }
    throw error
  }
}

function readKnown(fields: Fields): Command {
  const type = textAt(fields, "type", "command", ID)
  switch (type) {
    case "release-conversations":
      return { type, of: readScope(asFields(field(fields, "of"), "command.of")) }
    case "replay-exchange":
      return readReplay(fields)
    case "open-pipe": {
      const sender = asFields(field(fields, "sender"), "command.sender")
      return {
        type,
        pipeId: textAt(fields, "pipeId", "command", ID),
        sender: {
          id: textAt(sender, "id", "command.sender", ID),
          name: textAt(sender, "name", "command.sender", NAME),
        },
      }
    }
    case "drain":
      return { type, isOn: booleanAt(fields, "isOn", "command") }
    default:
      throw new ShapeError(`${type} is no command that this version knows`)
  }
}

const PATH: TextRule = { max: 4_096 }
const HEADER: TextRule = { max: 16_384 }
const MAX_HEADERS = 50
const BODY: TextRule = { max: 2 * MAX_CAPTURED_TEXT_BYTES }

function readReplay(fields: Fields): ReplayExchange {
  const path = "command"
  const told = textAt(fields, "target", path, ID)
  const target = REPLAY_TARGETS.find((known) => known === told)
  if (target === undefined) throw new ShapeError(`${told} is no target that this version knows`)
  const request = asFields(field(fields, "request"), "command.request")
  const body = asFields(field(request, "body"), "command.request.body")
  return {
    type: "replay-exchange",
    replayId: textAt(fields, "replayId", path, ID),
    of: exchangeId(textAt(fields, "of", path, ID)),
    apiKeyId: apiKeyId(textAt(fields, "apiKeyId", path, ID)),
    target,
    ...optionalAt(fields, "address", (from, name) => textAt(from, name, path, ID)),
    request: {
      path: textAt(request, "path", "command.request", PATH),
      query: textAt(request, "query", "command.request", PATH),
      headers: mapAt(request, "headers", "command.request", { max: MAX_HEADERS }, (one, at) => asText(one, at, HEADER)),
      body: {
        text: textAt(body, "text", "command.request.body", BODY),
        encoding: textAt(body, "encoding", "command.request.body", ID) === "base64" ? "base64" : "utf8",
      },
    },
  }
}

function readScope(fields: Fields): ConversationScope {
  const path = "command.of"
  if (field(fields, "accountId") !== undefined) return { accountId: accountId(textAt(fields, "accountId", path, ID)) }
  if (field(fields, "apiKeyId") !== undefined) return { apiKeyId: apiKeyId(textAt(fields, "apiKeyId", path, ID)) }
  return { conversation: textAt(fields, "conversation", path, CONVERSATION) }
}

export function readCommandAck(fields: Fields, path: string): CommandAck {
  const told = textAt(fields, "outcome", path, ID)
  const outcome = COMMAND_OUTCOMES.find((known) => known === told)
  if (outcome === undefined) throw new ShapeError(`${path}.outcome must be one of ${COMMAND_OUTCOMES.join(", ")}`)
  return {
    type: "command-ack",
    commandId: textAt(fields, "commandId", path, ID),
    outcome,
    ...optionalAt(fields, "count", (from, name) => numberAt(from, name, path, COUNT)),
    ...optionalAt(fields, "reason", (from, name) => textAt(from, name, path, REASON)),
  }
}
