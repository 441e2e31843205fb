import { createEffect, createMemo, createSignal, on, onCleanup, onMount } from "solid-js"
import {
  checkRoutingDocument,
  type CheckRoutingQuery,
  routingDocument,
  routingKeysDocument,
  type RoutingQuery,
  updateRoutingDocument,
  type UpdateRoutingInput,
} from "#generated/web/graphql.ts"
import type { Suggestion } from "../../components/suggestions.ts"
import { createMutation } from "../../graphql/create-mutation.ts"
import { createRefresh } from "../../graphql/create-refresh.ts"
import { createLoaded } from "../../graphql/live.ts"
import { pageSize, readAll } from "../../graphql/read-all.ts"
import { useI18n } from "../../i18n/i18n.tsx"
import { usePanel } from "../../panel.tsx"
import { readEveryMs } from "./read-every.ts"
import { type DraftRule, draftsOf, inputOf, isSameRules, type Rule } from "./rules/rule-changes.ts"

export type Routing = RoutingQuery["routing"]
export type Alias = Routing["aliases"][number]
export type Chain = Routing["fallbacks"][number]
export type Problem = CheckRoutingQuery["checkRouting"]["problems"][number]
export type Warning = CheckRoutingQuery["checkRouting"]["warnings"][number]

export type RoutingState = ReturnType<typeof createRouting>

/** What one part of the page replaces. */
export interface Replacement {
  /** The whole lists, made of those in force. */
  make: (routing: Routing) => UpdateRoutingInput
  /** The part of the routing that it is about, as a text: when that is another one, somebody else was there first. */
  about: (routing: Routing) => string
}

export type Outcome = "done" | "conflict" | "failed"

const checkAfterMs = 300

/**
 * Aliases, rules and fallbacks in force, and the rules as they are drafted here. A draft knows the rules that it was made of: when
 * somebody else changes those meanwhile that is a conflict, which the person decides.
 */
export function createRouting() {
  const { client } = usePanel()
  const { t } = useI18n()
  const [routing, setRouting] = createSignal<Routing>()
  const [keys, setKeys] = createSignal<readonly Suggestion[]>([])
  const [draft, setDraft] = createSignal<{ readonly rules: readonly DraftRule[]; readonly base: readonly Rule[] }>()
  const [check, setCheck] = createSignal<CheckRoutingQuery["checkRouting"] & { of: readonly DraftRule[] }>()

  /** A draft that is in force already is none. */
  const take = (next: Routing) => {
    setRouting(next)
    setDraft((now) => (now !== undefined && isSameRules(now.rules, next.rules) ? undefined : now))
  }
  const readRouting = async () => {
    const result = await client.query(routingDocument, {}).toPromise()
    if (result.data === undefined) throw result.error
    take(result.data.routing)
  }
  const { state, again } = createLoaded(readRouting)
  createRefresh(again, readEveryMs)
  onMount(() => void readKeys())
  const readKeys = async () => {
    const all = await readAll(async (after) => {
      const result = await client.query(routingKeysDocument, { first: pageSize, after }).toPromise()
      // Names are a help: without them ids are shown.
      return result.data?.apiKeys ?? { edges: [], pageInfo: { endCursor: null, hasNextPage: false } }
    })
    setKeys(all.map(({ id, name }) => ({ value: id, label: name })))
  }

  const inForce = createMemo(() => draftsOf(routing()?.rules ?? []))
  const rules = () => draft()?.rules ?? inForce()
  const edit = (next: readonly DraftRule[]) => {
    const base = draft()?.base ?? routing()?.rules ?? []
    setDraft(isSameRules(base, next) ? undefined : { rules: next, base })
  }
  const isConflict = () => {
    const [now, current] = [draft(), routing()]
    return now !== undefined && current !== undefined && !isSameRules(now.base, current.rules)
  }
  /** The draft is to take the place of what is in force now. */
  const keepMine = () => {
    const [now, current] = [draft(), routing()]
    if (now === undefined || current === undefined) return
    const names = new Set(current.rules.map(({ name }) => name))
    const linked = now.rules.map((rule) => {
      const was = rule.was ?? rule.name
      return { ...rule, was: names.has(was) ? was : undefined }
    })
    setDraft({ rules: linked, base: current.rules })
  }

  const ask = async (drafts: readonly DraftRule[]) => {
    const input = { rules: drafts.map(inputOf) }
    const result = await client.query(checkRoutingDocument, { input }).toPromise()
    return result.data?.checkRouting
  }
  createEffect(
    on(draft, (now) => {
      if (now === undefined) return
      const timer = setTimeout(() => {
        void ask(now.rules).then((found) => found !== undefined && setCheck({ ...found, of: now.rules }))
      }, checkAfterMs)
      onCleanup(() => clearTimeout(timer))
    }),
  )
  /** What was found of the draft as it is; of one that changed since then places would be wrong. */
  const found = () => (check()?.of === draft()?.rules ? check() : undefined)
  const problems = (): readonly Problem[] => (draft() === undefined ? [] : (found()?.problems ?? []))
  const warnings = (): readonly Warning[] =>
    draft() === undefined ? (routing()?.warnings ?? []) : (found()?.warnings ?? [])

  /** Replaces what is in force. What somebody else changed elsewhere stays; where it is about the same, the person is asked. */
  function createReplacing(fields: readonly string[] = []) {
    const mutation = createMutation(updateRoutingDocument, fields)
    const replace = async ({ make, about }: Replacement): Promise<Outcome> => {
      for (;;) {
        const before = routing()
        if (before === undefined) return "failed"
        // eslint-disable-next-line no-await-in-loop -- once more only where somebody else was there first
        const done = await mutation.run({ input: { ...make(before), revision: before.revision } })
        if (done !== undefined) {
          take({ ...before, ...done.routing })
          return "done"
        }
        if (mutation.failure()?.code !== "changed_meanwhile") return "failed"
        // It is tried again, or whoever asked says what is to be decided.
        mutation.setErrors({})
        // eslint-disable-next-line no-await-in-loop -- the same
        const isRead = await readRouting().then(
          () => true,
          () => false,
        )
        const after = routing()
        if (!isRead || after === undefined || after.revision === before.revision) {
          mutation.setErrors({ form: t("error.unreachable") })
          return "failed"
        }
        if (about(before) !== about(after)) return "conflict"
      }
    }
    return { ...mutation, replace }
  }

  return {
    state,
    again,
    routing,
    keys,
    rules,
    base: () => draft()?.base ?? routing()?.rules ?? [],
    isDrafted: () => draft() !== undefined,
    edit,
    discard: () => setDraft(undefined),
    isConflict,
    keepMine,
    problems,
    warnings,
    check: ask,
    createReplacing,
  }
}
