/**
 * Where a figure is measured: the built data plane as a process of its own, as it is in production, between the clients and the strict
 * simulator of this process. What the planes' tests do in one process the scenarios do here too: they ask for no more than a `Stage`.
 */
import type { NodeLoad } from "#shared/link-protocol.ts"
import { LINK_TOKEN } from "../../../data-plane/test/support/link-server.ts"
import {
  startSurroundings,
  type SnapshotChange,
  type Surroundings,
  type SurroundingsOptions,
} from "../../../data-plane/test/support/surroundings.ts"
import { startBuilt } from "../../support/child-process.ts"
import { waitFor } from "../../support/wait-for.ts"

export interface Stage extends Pick<Surroundings, "simulator" | "link" | "accounts"> {
  readonly url: string
  /** Sends the same world with changes and waits until it is in force. */
  push(change: SnapshotChange): Promise<void>
}

export interface ProcessStage extends Stage {
  readonly pid: number
  stop(): Promise<void>
}

const START_MS = 60_000

/** Reports of single exchanges are not kept: there are too many. */
export async function startStage(options: SurroundingsOptions = {}): Promise<ProcessStage> {
  const surroundings = await startSurroundings({ keepsReport: ({ type }) => type !== "exchange", ...options })
  const { link, directory, upstreamCaFile } = surroundings
  let url: string | undefined
  const env = {
    PORT: "0",
    DATA_DIR: directory,
    CONTROL_URL: link.url,
    LINK_TOKEN,
    NODE_NAME: "figures",
    LOG_LEVEL: "warn",
    ...(upstreamCaFile === undefined ? {} : { UPSTREAM_CA_FILE: upstreamCaFile }),
  }
  const running = startBuilt("data-plane", env, (message) => {
    const told = message as { type?: string; url?: string } // of our own process
    if (told.type === "started") url = told.url
  })
  const stop = async (): Promise<void> => {
    const { code } = await running.end()
    await surroundings.stop()
    if (code !== 0) throw new Error(`the data plane ended with ${code}; it said:\n${running.output()}`)
  }
  const isInForce = (version: number) => (): boolean => link.find("snapshot-ack").some((ack) => ack.version === version)
  try {
    const found = await waitFor(() => url, START_MS)
    await waitFor(isInForce(1), START_MS)
    return {
      ...surroundings,
      url: found.replace(/\/$/, ""),
      pid: running.pid,
      push: async (change) => void (await waitFor(isInForce(surroundings.publish(change)), START_MS)),
      stop,
    }
  } catch (error) {
    await running.end("SIGKILL")
    await surroundings.stop()
    throw new Error(`the data plane did not start; it said:\n${running.output()}`, { cause: error })
  }
}

/** What the data plane told of itself last. */
export function loadOf({ link }: Pick<Stage, "link">): NodeLoad | undefined {
  return link.find("heartbeat").at(-1)
}
