/** What each command does here, and nothing but that: one row each. */
import type { Command, ConversationScope } from "#shared/link-command.ts"
import type { Pool } from "../pool/pool.ts"
import type { Pipes } from "../playground/pipes.ts"
import type { Replays } from "../replay/replays.ts"

export interface CommandPorts {
  readonly pool: Pick<Pool, "releaseConversation" | "releaseConversationsOf" | "releaseConversationsOfKey">
  readonly replays: Pick<Replays, "begin">
  readonly pipes: Pick<Pipes, "open">
  /** How many exchanges are under way. */
  readonly drain: (isOn: boolean) => number
}

type Commands = { readonly [Type in Command["type"]]: Extract<Command, { type: Type }> }

const HANDLERS: { readonly [Type in keyof Commands]: (command: Commands[Type], ports: CommandPorts) => number } = {
  "release-conversations": ({ of }, { pool }) => release(of, pool),
  "replay-exchange": (command, { replays }) => {
    replays.begin(command)
    return 1
  },
  "open-pipe": (command, { pipes }) => {
    pipes.open(command)
    return 1
  },
  drain: ({ isOn }, { drain }) => drain(isOn),
}

/** Does it at once and gives how many things it was done to. What it throws is the reason of a refusal. */
export function obey<Type extends keyof Commands>(
  command: Commands[Type] & { readonly type: Type },
  ports: CommandPorts,
): number {
  return HANDLERS[command.type](command, ports)
}

function release(of: ConversationScope, pool: CommandPorts["pool"]): number {
  if ("accountId" in of) return pool.releaseConversationsOf(of.accountId)
  if ("apiKeyId" in of) return pool.releaseConversationsOfKey(of.apiKeyId)
  return pool.releaseConversation(of.conversation) ? 1 : 0
}
