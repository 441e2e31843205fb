/**
 * Names, rules and fallbacks as operators set them: read and replaced as a whole, so that what is checked is what will be in force.
 * What is asked of them for every request is `#shared/route.ts`; here are the rows, who may not write over whom, and how it is explained.
 */
import type { FallbackChainModel, ModelAliasModel, RoutingRuleModel } from "#generated/sqlite/models.ts"
import { readWishedName } from "#shared/name-wish.ts"
import { routingProblems } from "#shared/routing-check.ts"
import type { RuleAction, RuleMatch } from "#shared/routing.ts"
import type { CompiledSnapshot } from "#shared/snapshot-compile.ts"
import type { Audit } from "../audit/audit.ts"
import type { Clock } from "../clock.ts"
import type { Database, Transaction } from "../database/open.ts"
import { InvalidInputError, RefusedError } from "../failure.ts"
import { explainRoute, type ExplainAsk, type RouteExplanation } from "./explain.ts"
import { chainOf, readRows, revisionOf, ruleOf, type RoutingRows } from "./rows.ts"
import { routingWarnings, type RoutingWarning } from "./warnings.ts"

export interface RoutingState extends RoutingRows {
  readonly revision: string
  readonly warnings: readonly RoutingWarning[]
}

export interface AliasInput {
  readonly name: string
  readonly target: string
  readonly note?: string | undefined
}

export interface RuleInput {
  readonly name: string
  readonly enabled: boolean
  readonly note?: string | undefined
  readonly match: RuleMatch
  readonly action: RuleAction
}

export interface ChainInput {
  readonly model: string
  readonly next: readonly string[]
}

/** A list that is given takes the place of the whole list; one that is left out stays. */
export interface RoutingUpdate {
  readonly aliases?: readonly AliasInput[] | undefined
  readonly rules?: readonly RuleInput[] | undefined
  readonly fallbacks?: readonly ChainInput[] | undefined
  readonly revision?: string | undefined
}

export interface RoutingUse {
  read(): Promise<RoutingState>
  /** All or nothing. Throws `InvalidInputError` for the first thing that is wrong with the whole, `RefusedError` for another revision. */
  update(update: RoutingUpdate): Promise<RoutingState>
  /** As the data planes have it now. Throws `InvalidInputError` for a key that is not there. */
  explain(ask: ExplainAsk): RouteExplanation
}

export interface RoutingOptions {
  readonly database: Database
  readonly clock: Clock
  readonly audit: Audit
  readonly world: () => CompiledSnapshot
  /** Resolves when what was written is in force at the data planes. */
  readonly takeEffect: () => Promise<unknown>
}

const MAX_NOTE_LENGTH = 1_000

export function createRouting({ database, clock, audit, world, takeEffect }: RoutingOptions): RoutingUse {
  async function stateOf(rows: RoutingRows): Promise<RoutingState> {
    const [accounts, apiKeys] = await Promise.all([
      database.prisma.account.findMany({ select: { tags: true } }),
      database.prisma.apiKey.findMany({ select: { id: true, tags: true } }),
    ])
    return { ...rows, revision: revisionOf(rows), warnings: routingWarnings(rows, world(), { accounts, apiKeys }) }
  }

  async function write(transaction: Transaction, update: RoutingUpdate): Promise<void> {
    const before = await readRows(transaction)
    if (update.revision !== undefined && update.revision !== revisionOf(before)) {
      throw new RefusedError("changed_meanwhile", "Somebody changed the routing meanwhile; read it again.")
    }
    const aliases = update.aliases?.map(aliasRow) ?? before.aliases
    const rules = update.rules?.map(ruleRow) ?? before.rules
    const fallbacks = update.fallbacks?.map(chainRow) ?? before.fallbacks
    if (update.fallbacks !== undefined) refuseWishes(fallbacks)
    refuseProblems({ aliases, rules, fallbacks })
    const { modelAlias, routingRule, fallbackChain } = transaction
    if (update.aliases !== undefined) {
      await modelAlias.deleteMany()
      await modelAlias.createMany({ data: [...aliases] })
    }
    if (update.rules !== undefined) {
      await routingRule.deleteMany()
      await routingRule.createMany({
        data: rules.map((row) => ({ ...row, match: json(row.match), action: json(row.action) })),
      })
    }
    if (update.fallbacks !== undefined) {
      await fallbackChain.deleteMany()
      await fallbackChain.createMany({ data: fallbacks.map((row) => ({ ...row, next: json(row.next) })) })
    }
    const after = await readRows(transaction)
    await audit.record(transaction, { object: { kind: "ROUTING" }, before: told(before), after: told(after) })
  }

  return {
    read: async () => stateOf(await readRows(database.prisma)),
    update: async (update) => {
      await database.prisma.$transaction((transaction) => write(transaction, update))
      await takeEffect()
      return stateOf(await readRows(database.prisma))
    },
    explain: (ask) => explainRoute(world(), ask, clock.now()),
  }
}

function refuseProblems(rows: RoutingRows): void {
  const aliases = rows.aliases.map(({ name, target }) => [name, target] as const)
  const routing = {
    aliases: Object.fromEntries(aliases),
    rules: rows.rules.map(ruleOf),
    fallbacks: rows.fallbacks.map(chainOf),
  }
  const [first] = routingProblems(routing, aliases)
  if (first !== undefined) throw new InvalidInputError(first.code, first.message, ["input", ...first.path])
}

function aliasRow({ name, target, note }: AliasInput, index: number): ModelAliasModel {
  return { name: name.trim(), target: target.trim(), note: noteOf(note, ["aliases", String(index)]) }
}

function ruleRow({ name, enabled, note, match, action }: RuleInput, index: number): RoutingRuleModel {
  const path = ["rules", String(index)]
  return {
    name: name.trim(),
    position: index,
    enabled,
    note: noteOf(note, path),
    match: json(match),
    action: json(action),
  }
}

function chainRow({ model, next }: ChainInput, index: number): FallbackChainModel {
  return { model: model.trim(), position: index, next: next.map((name) => name.trim()) }
}

/** What a request asks of one model goes with it to the next, so words in brackets would say nothing. */
function refuseWishes(fallbacks: RoutingRows["fallbacks"]): void {
  for (const [index, row] of fallbacks.entries()) {
    const { model, next } = chainOf(row)
    for (const given of [model, ...next]) {
      const { name } = readWishedName(given)
      if (name === given) continue
      const message = `What a request asks of a model goes with it to the next: write ${name}, not ${given}.`
      const place = given === model ? "model" : "next"
      throw new InvalidInputError("not_used", message, ["input", "fallbacks", String(index), place])
    }
  }
}

/** Plain JSON, without what is undefined. */
function json<Value>(value: Value): Value & object {
  return JSON.parse(JSON.stringify(value)) as Value & object // an object or a list, as it was
}

function noteOf(note: string | undefined, path: readonly string[]): string | null {
  const text = note?.trim() ?? ""
  if (text.length > MAX_NOTE_LENGTH) {
    throw new InvalidInputError("too_long", `A note has at most ${MAX_NOTE_LENGTH} characters.`, [
      "input",
      ...path,
      "note",
    ])
  }
  return text === "" ? null : text
}

/** For the audit: each list by the names in it. */
function told({ aliases, rules, fallbacks }: RoutingRows) {
  return {
    ...Object.fromEntries(aliases.map(({ name, target, note }) => [`alias ${name}`, { target, note }])),
    ...Object.fromEntries(rules.map(({ name, ...rule }) => [`rule ${name}`, rule])),
    ...Object.fromEntries(fallbacks.map(({ model, next }) => [`fallback ${model}`, next])),
  }
}
