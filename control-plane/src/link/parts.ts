/** The control plane's end of the link put together: who is connected, what they are told, and what becomes of their reports. */
import type { AccountParts } from "../accounts/parts.ts"
import type { Ground } from "../ground.ts"
import { createInForce } from "../snapshot/in-force.ts"
import { createTraffic } from "../traffic.ts"
import { createCommands } from "./commands.ts"
import { createNodeDrain } from "./drain.ts"
import { createIngest } from "./ingest.ts"
import { createNodes } from "./nodes.ts"
import { createPipes } from "./pipes.ts"
import { createStreams, type Streams } from "./streams.ts"

export function createLinkParts(ground: Ground, accounts: AccountParts) {
  const { clock, log, database, events, publisher } = ground
  let streams: Streams | undefined
  const connectedNodes = (): ReadonlySet<string> => streams?.connectedNodes() ?? new Set()
  const inForce = createInForce({ clock, publisher, connectedNodes })
  const nodes = createNodes({
    ...ground,
    onChange: (id) => events.publish("nodeChanged", id),
    onRevoked: (id) => streams?.drop(id),
  })
  const commands = createCommands({
    clock,
    log,
    nodeIds: async () => (await database.prisma.node.findMany({ select: { id: true } })).map(({ id }) => id),
    connectedNodes,
  })
  streams = createStreams({
    clock,
    log,
    publisher,
    commands,
    onConnection: (nodeId, boot, connected) => {
      if (!connected) nodes.forget(nodeId, boot)
      events.publish("nodeChanged", nodeId)
    },
  })
  const traffic = createTraffic(clock, events, () => nodes.inFlight())
  const { services, hooks, renewals } = accounts
  const ingest = createIngest({
    ...ground,
    ...hooks,
    ...services,
    onKeyUsedUp: () => publisher.touch(),
    nodes,
    traffic,
    renewals,
    inForce,
    commands,
  })
  const pipes = createPipes({ clock, commands })
  const nodeDrain = createNodeDrain({ ...ground, commands })
  return { nodes, nodeDrain, commands, streams, traffic, ingest, inForce, pipes }
}
