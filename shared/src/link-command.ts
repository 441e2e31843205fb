/**
 * What the control plane asks of a data plane beside what the snapshot says: things to do once, each with an id, an end and an
 * answer. A new one (drain, replay, probe) is a member of `Command`, a case of `readKnown`, and a handler in
 * data-plane/src/commands/handlers.ts; a data plane of an older version refuses it by itself.
 */
import { accountId, apiKeyId, type AccountId, type ApiKeyId } from "./ids.ts"
import { asFields, field, numberAt, optionalAt, ShapeError, textAt, type Fields, type TextRule } from "./shape.ts"

export type Command = ReleaseConversations

/** Conversations forget the account they live on; their next turn chooses one as a new conversation does. */
export interface ReleaseConversations {
  readonly type: "release-conversations"
  readonly of: ConversationScope
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
    default:
      throw new ShapeError(`${type} is no command that this version knows`)
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
