import { createEffect, createSignal, on } from "solid-js"
import { createStore, reconcile } from "solid-js/store"
import {
  alertChangedDocument,
  type AlertKind,
  type AlertRowFragment,
  alertSetUpDocument,
} from "#generated/web/graphql.ts"
import { type AlertRuleRowFragment, openAlertsDocument, pastAlertsDocument } from "#generated/web/graphql.ts"
import type { WebhookRowFragment } from "#generated/web/graphql.ts"
import { createLive, createLoaded } from "../../graphql/live.ts"
import { readAll } from "../../graphql/read-all.ts"
import { usePanel } from "../../panel.tsx"

export type Alert = AlertRowFragment
export type AlertRule = AlertRuleRowFragment
export type Webhook = WebhookRowFragment

const pageSize = 30

/** The alerts that go on, all of them, and those that are over, page after page; they follow what happens. */
export function createAlerts(kind: () => AlertKind | undefined) {
  const { client } = usePanel()
  const [store, setStore] = createStore<{ open: Alert[]; past: Alert[] }>({ open: [], past: [] })
  const [next, setNext] = createSignal<string>()
  const [loadingMore, setLoadingMore] = createSignal(false)
  /** Of one alert: something was told. */
  const [told, setTold] = createSignal<{ readonly id: string }>()

  const readPast = async (first: number, after: string | null) => {
    const own = kind()
    const variables = { first, after, kinds: own === undefined ? null : [own] }
    const result = await client.query(pastAlertsDocument, variables).toPromise()
    if (result.data === undefined) throw result.error
    const { edges, pageInfo } = result.data.alerts
    setNext(pageInfo.hasNextPage && pageInfo.endCursor !== null ? pageInfo.endCursor : undefined)
    return edges.map(({ node }) => node)
  }
  const { state, again } = createLoaded(async () => {
    const open = await readAll(async (after) => {
      const result = await client.query(openAlertsDocument, { after }).toPromise()
      if (result.data === undefined) throw result.error
      return result.data.alerts
    })
    // As many as there were: who scrolled far does not lose the place.
    const past = await readPast(Math.min(100, Math.max(pageSize, store.past.length)), null)
    setStore("open", reconcile(open, { key: "id" }))
    setStore("past", reconcile(past, { key: "id" }))
  })
  createEffect(on(kind, again, { defer: true }))
  createLive(
    alertChangedDocument,
    {},
    ({ alertChanged }) => {
      const known = store.open.findIndex(({ id }) => id === alertChanged.id)
      // One that begins or ends changes both lists; one that goes on changes where it stands.
      if (alertChanged.firing && known !== -1) setStore("open", known, reconcile(alertChanged))
      else again()
      setTold({ id: alertChanged.id })
    },
    again,
  )
  const more = async () => {
    const after = next()
    if (after === undefined || loadingMore()) return
    setLoadingMore(true)
    try {
      const older = await readPast(pageSize, after)
      setStore("past", (past) => [...past, ...older])
    } catch {
      again()
    } finally {
      setLoadingMore(false)
    }
  }
  const open = () => store.open.filter((alert) => kind() === undefined || alert.kind === kind())
  return {
    state,
    again,
    open,
    openCount: () => store.open.length,
    past: () => store.past,
    hasMore: () => next() !== undefined,
    more,
    loadingMore,
    told,
  }
}

/** The rules and the webhooks; read again when an alert changed, which changes what they tell. */
export function createSetUp(told: () => unknown) {
  const { client } = usePanel()
  const [store, setStore] = createStore<{ rules: AlertRule[]; webhooks: Webhook[] }>({ rules: [], webhooks: [] })
  const { state, again } = createLoaded(async () => {
    const result = await client.query(alertSetUpDocument, {}).toPromise()
    if (result.data === undefined) throw result.error
    setStore("rules", reconcile([...result.data.alertRules], { key: "id" }))
    setStore("webhooks", reconcile([...result.data.webhooks], { key: "id" }))
  })
  createEffect(on(told, again, { defer: true }))
  return { state, again, rules: () => store.rules, webhooks: () => store.webhooks }
}

export type AlertsModel = ReturnType<typeof createAlerts>
export type SetUp = ReturnType<typeof createSetUp>
