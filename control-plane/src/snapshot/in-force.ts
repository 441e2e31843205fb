/**
 * Says when a change is in force: when every connected data plane has acknowledged a snapshot that holds it. A key that a
 * mutation returned works at once, and one that it removed is refused at once; a node that is away or slow is waited for no
 * longer than a second, since it takes the snapshot when it can.
 */
import type { Clock } from "../clock.ts"
import type { Published } from "./publisher.ts"

const WAIT_MS = 1_000

export interface InForce {
  /** A node serves this snapshot now, or has refused it: there is nothing more to wait for from it. */
  answered(nodeId: string, epoch: number, version: number): void
  /** Publishes what was written before and waits for the connected nodes. True: all of them have answered. */
  settle(): Promise<boolean>
}

export interface InForceOptions {
  readonly clock: Clock
  readonly publisher: { readonly current: Published | undefined; flush(): Promise<void> }
  readonly connectedNodes: () => ReadonlySet<string>
}

export function createInForce({ clock, publisher, connectedNodes }: InForceOptions): InForce {
  const answers = new Map<string, { readonly epoch: number; readonly version: number }>()
  const waiting = new Set<() => void>()

  function isSettled(target: Published): boolean {
    for (const nodeId of connectedNodes()) {
      const answer = answers.get(nodeId)
      if (answer === undefined || answer.epoch < target.epoch) return false
      if (answer.epoch === target.epoch && answer.version < target.version) return false
    }
    return true
  }

  return {
    answered: (nodeId, epoch, version) => {
      answers.set(nodeId, { epoch, version })
      for (const look of waiting) look()
    },
    settle: async () => {
      await publisher.flush()
      const target = publisher.current
      if (target === undefined) return false
      return new Promise((resolve) => {
        const finish = (settled: boolean): void => {
          cancel()
          waiting.delete(look)
          resolve(settled)
        }
        const look = (): void => {
          if (isSettled(target)) finish(true)
        }
        const cancel = clock.after(WAIT_MS, () => finish(false))
        waiting.add(look)
        look()
      })
    },
  }
}
