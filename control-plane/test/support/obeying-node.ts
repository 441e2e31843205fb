/** A data plane that does what it is told, by its word; it takes no snapshot. */
import { waitFor } from "../../../test/support/wait-for.ts"
import type { TestControlPlane } from "./control-plane.ts"
import { connectLink } from "./link-client.ts"

export interface ObeyingNode {
  /** Of its node. */
  readonly id: string
  /** The commands it was given, oldest first. */
  readonly told: readonly object[]
  /** Resolves when it is connected no more. */
  leave(): Promise<void>
}

export async function connectObeyingNode({ url, controlPlane }: TestControlPlane): Promise<ObeyingNode> {
  const { streams, clock } = controlPlane.services
  const link = await connectLink(url)
  const told: object[] = []
  let isLeaving = false
  const answered = (async () => {
    const done = new Set<string>()
    for (;;) {
      const next = await waitFor(
        () => isLeaving || link.frames.find((one) => one.type === "command" && !done.has(one.id)),
        600_000,
      )
      if (next === true || next.type !== "command") return
      done.add(next.id)
      told.push(next.command)
      const ack = { type: "command-ack", commandId: next.id, outcome: "done", count: 1 } as const
      await link.report({ ...ack, id: `ack ${next.id}`, at: clock.now() })
    }
  })()
  const id = await waitFor(() => [...streams.connectedNodes()][0])
  return {
    id,
    told,
    leave: async () => {
      isLeaving = true
      await answered
      link.close()
      await waitFor(() => streams.connectedNodes().size === 0)
    },
  }
}
