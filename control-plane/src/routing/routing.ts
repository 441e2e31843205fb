/**
 * Names, rules and fallbacks as operators set them: read and replaced as a whole, so that what is checked is what will be in force.
 * What is asked of them for every request is `#shared/route.ts`; here are the rows, who may not write over whom, and how it is explained.
 */
import type { FallbackChainModel, ModelAliasModel, RoutingRuleModel } from "#generated/sqlite/models.ts"
import { readWishedName } from "#shared/name-wish.ts"
import { type RoutingProblem, routingProblems } from "#shared/routing-check.ts"
import type { RuleAction, RuleMatch } from "#shared/routing.ts"
import type { CompiledSnapshot } from "#shared/snapshot-compile.ts"
import type { Audit } from "../audit/audit.ts"
import type { Clock } from "../clock.ts"
import type { Database, Transaction } from "../database/open.ts"
import { InvalidInputError, RefusedError } from "../failure.ts"
import { texts } from "../json.ts"
import { explainRoute, type ExplainAsk, type RouteExplanation } from "./explain.ts"
import { chainOf, readRows, revisionOf, ruleOf, type RoutingRows } from "./rows.ts"
import { type KnownTags, routingWarnings, type RoutingWarning } from "./warnings.ts"

export interface RoutingState extends RoutingRows {
  readonly revision: string
  readonly warnings: readonly RoutingWarning[]
  /** Tags that accounts and keys have, which rules can name. */
  readonly accountTags: readonly string[]
  readonly keyTags: readonly string[]
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

/** What would come of an update. */
export interface RoutingCheck {
  /** Why it would be refused; none: it would be taken. */
  readonly problems: readonly RoutingProblem[]
  readonly warnings: readonly RoutingWarning[]
}

export interface RoutingUse {
  read(): Promise<RoutingState>
  /** All or nothing. Throws `InvalidInputError` for the first thing that is wrong with the whole, `RefusedError` for another revision. */
  update(update: RoutingUpdate): Promise<RoutingState>
  /** Looks at an update, whatever its revision, and changes nothing. */
  check(update: RoutingUpdate): Promise<RoutingCheck>
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
const MAX_TOLD_TAGS = 1_000

export function createRouting({ database, clock, audit, world, takeEffect }: RoutingOptions): RoutingUse {
  async function readTags(): Promise<KnownTags> {
    const [accounts, apiKeys] = await Promise.all([
      database.prisma.account.findMany({ select: { tags: true } }),
      database.prisma.apiKey.findMany({ select: { id: true, tags: true } }),
    ])
    return { accounts, apiKeys }
  }

  async function stateOf(rows: RoutingRows): Promise<RoutingState> {
    const known = await readTags()
    const [accountTags, keyTags] = [tagsOf(known.accounts), tagsOf(known.apiKeys)]
    return {
      ...rows,
      revision: revisionOf(rows),
      warnings: routingWarnings(rows, world(), known),
      accountTags,
      keyTags,
    }
  }

  async function write(transaction: Transaction, update: RoutingUpdate): Promise<void> {
    const before = await readRows(transaction)
    if (update.revision !== undefined && update.revision !== revisionOf(before)) {
      throw new RefusedError("changed_meanwhile", "Somebody changed the routing meanwhile; read it again.")
    }
    const { aliases, rules, fallbacks } = updated(before, update)
    const [problem] = problemsOf({ aliases, rules, fallbacks }, update)
    if (problem !== undefined) throw new InvalidInputError(problem.code, problem.message, ["input", ...problem.path])
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
    check: async (update) => {
      const rows = updated(await readRows(database.prisma), update)
      return { problems: problemsOf(rows, update), warnings: routingWarnings(rows, world(), await readTags()) }
    },
    explain: (ask) => explainRoute(world(), ask, clock.now()),
  }
}

/** In the order of the alphabet, as many as anybody looks through. */
function tagsOf(rows: readonly { readonly tags: unknown }[]): string[] {
  return [...new Set(rows.flatMap(({ tags }) => texts(tags)))].toSorted().slice(0, MAX_TOLD_TAGS)
}

function updated(before: RoutingRows, update: RoutingUpdate): RoutingRows {
  return {
    aliases: update.aliases?.map(aliasRow) ?? before.aliases,
    rules: update.rules?.map(ruleRow) ?? before.rules,
    fallbacks: update.fallbacks?.map(chainRow) ?? before.fallbacks,
  }
}

/** Words in brackets are looked for only where they are given: they may have been taken before they were looked for. */
function problemsOf(rows: RoutingRows, update: RoutingUpdate): RoutingProblem[] {
  const aliases = rows.aliases.map(({ name, target }) => [name, target] as const)
  const routing = {
    aliases: Object.fromEntries(aliases),
    rules: rows.rules.map(ruleOf),
    fallbacks: rows.fallbacks.map(chainOf),
  }
  return [
    ...noteProblems("aliases", rows.aliases),
    ...noteProblems("rules", rows.rules),
    ...(update.fallbacks === undefined ? [] : wishProblems(rows.fallbacks)),
    ...routingProblems(routing, aliases),
  ]
}

function aliasRow({ name, target, note }: AliasInput): ModelAliasModel {
  return { name: name.trim(), target: target.trim(), note: noteOf(note) }
}

function ruleRow({ name, enabled, note, match, action }: RuleInput, index: number): RoutingRuleModel {
  const row = { name: name.trim(), position: index, enabled, note: noteOf(note) }
  return { ...row, match: json(match), action: json(action) }
}

function chainRow({ model, next }: ChainInput, index: number): FallbackChainModel {
  return { model: model.trim(), position: index, next: next.map((name) => name.trim()) }
}

/** What a request asks of one model goes with it to the next, so words in brackets would say nothing. */
function wishProblems(fallbacks: RoutingRows["fallbacks"]): RoutingProblem[] {
  return fallbacks.flatMap((row, index) => {
    const { model, next } = chainOf(row)
    return [model, ...next].flatMap((given): RoutingProblem[] => {
      const { name } = readWishedName(given)
      if (name === given) return []
      const message = `What a request asks of a model goes with it to the next: write ${name}, not ${given}.`
      const place = given === model ? "model" : "next"
      return [{ code: "not_used", message, path: ["fallbacks", String(index), place] }]
    })
  })
}

/** Plain JSON, without what is undefined. */
function json<Value>(value: Value): Value & object {
  return JSON.parse(JSON.stringify(value)) as Value & object // an object or a list, as it was
}

function noteOf(note: string | undefined): string | null {
  const text = note?.trim() ?? ""
  return text === "" ? null : text
}

function noteProblems(list: "aliases" | "rules", rows: readonly { readonly note: string | null }[]): RoutingProblem[] {
  const message = `A note has at most ${MAX_NOTE_LENGTH} characters.`
  return rows.flatMap(({ note }, index) =>
    (note?.length ?? 0) > MAX_NOTE_LENGTH ? [{ code: "too_long", message, path: [list, String(index), "note"] }] : [],
  )
}

/** For the audit: each list by the names in it. */
function told({ aliases, rules, fallbacks }: RoutingRows) {
  return {
    ...Object.fromEntries(aliases.map(({ name, target, note }) => [`alias ${name}`, { target, note }])),
    ...Object.fromEntries(rules.map(({ name, ...rule }) => [`rule ${name}`, rule])),
    ...Object.fromEntries(fallbacks.map(({ model, next }) => [`fallback ${model}`, next])),
  }
}
