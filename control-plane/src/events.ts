/**
 * What happened, by id, for whoever listens inside this process (subscriptions, jobs). Nothing durable depends on it: a listener
 * that missed an event finds the truth in the database.
 */
import type { TestStep } from "./accounts/doctor/test-step.ts"
import type { TrafficSample } from "./traffic.ts"

export interface EventTopics {
  accountChanged: string
  accountRemoved: string
  accountTestStep: { readonly accountId: string; readonly step: TestStep }
  alertChanged: string
  nodeChanged: string
  /** The pool, of which there is one. */
  poolChanged: "pool"
  /** sha256 of its state. */
  oauthFlowChanged: string
  requestFinished: string
  trafficSample: TrafficSample
}

export type Topic = keyof EventTopics

/** Events one listener may have waiting; beyond it the oldest is dropped. */
const QUEUE_LIMIT = 256

export interface Listener<Payload> extends AsyncIterableIterator<Payload> {
  return(): Promise<IteratorResult<Payload>>
}

export interface Events {
  publish<T extends Topic>(topic: T, payload: EventTopics[T]): void
  /** Listens until `return` is called. Equal ids that wait are told once. */
  listen<T extends Topic>(topic: T): Listener<EventTopics[T]>
  listeners(topic: Topic): number
  readonly topics: readonly Topic[]
}

interface Queue<Payload> {
  readonly listener: Listener<Payload>
  push(payload: Payload): void
}

function createQueue<Payload>(onEnd: () => void): Queue<Payload> {
  const waiting = new Set<Payload>()
  let wake: ((result: IteratorResult<Payload>) => void) | undefined
  let ended = false
  const end: IteratorResult<Payload> = { done: true, value: undefined }
  const listener: Listener<Payload> = {
    [Symbol.asyncIterator]: () => listener,
    next: () => {
      if (ended) return Promise.resolve(end)
      for (const value of waiting) {
        waiting.delete(value)
        return Promise.resolve({ done: false, value })
      }
      return new Promise((resolve) => {
        wake = resolve
      })
    },
    return: () => {
      ended = true
      waiting.clear()
      onEnd()
      wake?.(end)
      wake = undefined
      return Promise.resolve(end)
    },
  }
  return {
    listener,
    push: (payload) => {
      if (ended) return
      if (wake !== undefined) {
        const resolve = wake
        wake = undefined
        resolve({ done: false, value: payload })
        return
      }
      waiting.add(payload)
      for (const oldest of waiting) {
        if (waiting.size <= QUEUE_LIMIT) break
        waiting.delete(oldest)
      }
    },
  }
}

/** A bus for one process. */
export function createEvents(): Events {
  const queues: { [T in Topic]: Set<Queue<EventTopics[T]>> } = {
    accountChanged: new Set(),
    accountRemoved: new Set(),
    accountTestStep: new Set(),
    alertChanged: new Set(),
    nodeChanged: new Set(),
    oauthFlowChanged: new Set(),
    poolChanged: new Set(),
    requestFinished: new Set(),
    trafficSample: new Set(),
  }
  return {
    publish: (topic, payload) => {
      for (const queue of queues[topic]) queue.push(payload)
    },
    listen: (topic) => {
      const queue = createQueue<EventTopics[typeof topic]>(() => queues[topic].delete(queue))
      queues[topic].add(queue)
      return queue.listener
    },
    listeners: (topic) => queues[topic].size,
    topics: Object.keys(queues) as Topic[], // the object's own keys
  }
}
