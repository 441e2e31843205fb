import { type Accessor, createSignal } from "solid-js"

/** How the way to the control plane is: shown by the shell, watched by pages that must read again what they may have missed. */
export interface Connection {
  /** True from the moment a stream broke until all streams that are wanted are up again. */
  reconnecting: Accessor<boolean>
  /** Since when the control plane does not answer, in milliseconds; undefined: it answers. What is shown is that old. */
  unreachableSince: Accessor<number | undefined>
  /** Grows by one whenever a stream is up, at first or again, and when the control plane answers again: what was read before may lack what happened meanwhile. */
  generation: Accessor<number>
}

/** A connection, and what is told to it. A stream is named by an object of its own. */
export function createConnection() {
  const broken = new Set<object>()
  let brokenSince: number | undefined
  const [reconnecting, setReconnecting] = createSignal(false)
  const [unreachableSince, setUnreachableSince] = createSignal<number>()
  const [generation, setGeneration] = createSignal(0)
  const show = () => {
    brokenSince = broken.size === 0 ? undefined : (brokenSince ?? Date.now())
    setReconnecting(broken.size > 0)
  }
  const renew = () => setGeneration((count) => count + 1)
  const connection: Connection = { reconnecting, unreachableSince, generation }
  return {
    connection,
    breaks: (stream: object) => {
      broken.add(stream)
      show()
    },
    stands: (stream: object) => {
      broken.delete(stream)
      show()
      renew()
    },
    leaves: (stream: object) => {
      broken.delete(stream)
      show()
    },
    isUnreachable: () => setUnreachableSince((since) => since ?? brokenSince ?? Date.now()),
    answers: () => {
      if (unreachableSince() === undefined) return
      setUnreachableSince(undefined)
      renew()
    },
  }
}
