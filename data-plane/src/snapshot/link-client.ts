/**
 * The link to the control plane, from the side that dials: binds `link-state.ts` to a socket and a clock, checks what arrives and
 * answers each snapshot with an ack or a refusal. A refused one leaves the last good one in force.
 */
import type { CommandFrame } from "#shared/link-command.ts"
import { createDownFrameDecoder } from "#shared/link-frames.ts"
import { SNAPSHOTS_PATH, type SnapshotFrame, type SnapshotsQuery } from "#shared/link-protocol.ts"
import type { Logger } from "#shared/log.ts"
import type { Secret } from "#shared/secret.ts"
import { decodeSnapshotFrame } from "#shared/snapshot-check.ts"
import { VERSION } from "#shared/version.ts"
import { request as requestClear, type ClientRequest, type IncomingMessage } from "node:http"
import { request as requestTls } from "node:https"
import type { Clock, Timer } from "../clock.ts"
import type { Reporter } from "../report/reporter.ts"
import {
  judgeSnapshot,
  nextLinkStep,
  redialDelayMs,
  type LinkAction,
  type LinkEvent,
  type LinkState,
} from "./link-state.ts"
import { ControlClock } from "./control-clock.ts"
import { LinkOutage, type LinkFailure } from "./link-outage.ts"
import type { SnapshotStore } from "./store.ts"

export interface LinkClientOptions {
  readonly controlUrl: string
  readonly linkToken: Secret<string>
  readonly nodeName: string
  readonly boot: string
  readonly clock: Clock
  readonly random: () => number
  readonly log: Logger
  readonly store: SnapshotStore
  readonly reporter: Reporter
  /** Called with the frame of each snapshot that came into force. */
  readonly onAccepted: (frame: SnapshotFrame) => void
  /** Called with each command, and the control plane's time, if it tells that. */
  readonly onCommand?: (frame: CommandFrame, now: number | undefined) => void
  /** Called whenever the link is open and a snapshot is in force: after the greeting when one was there, and with each ack. */
  readonly onSettled?: () => void
}

const CONNECT_TIMEOUT_MS = 5_000
const TICK_MS = 1_000
/** Of an answer that opens no link. */
const MAX_REFUSAL_LENGTH = 2_000

export class LinkClient {
  readonly #options: LinkClientOptions
  #state: LinkState = { type: "stopped" }
  #request: ClientRequest | undefined
  #ticker: Timer | undefined
  #redial: Timer | undefined
  readonly #outage = new LinkOutage()
  #controlClock = new ControlClock()

  constructor(options: LinkClientOptions) {
    this.#options = options
  }

  get isOpen(): boolean {
    return this.#state.type === "open"
  }

  start(): void {
    const { clock } = this.#options
    this.#ticker = clock.after(TICK_MS, () => {
      this.#ticker?.refresh()
      this.#on({ type: "tick", at: clock.monotonic() })
    })
    this.#on({ type: "start" })
  }

  /** Ends the wait for the next try, when somebody knows that the control plane is there. */
  dialNow(): void {
    if (this.#state.type !== "waiting") return
    this.#redial?.clear()
    this.#on({ type: "dial" })
  }

  stop(): void {
    this.#ticker?.clear()
    this.#redial?.clear()
    this.#on({ type: "stop" })
  }

  #on(event: LinkEvent): void {
    const { state, actions } = nextLinkStep(this.#state, event)
    this.#state = state
    for (const action of actions) this.#act(action)
  }

  #act(action: LinkAction): void {
    const { log, clock, random } = this.#options
    switch (action.type) {
      case "dial":
        return this.#dial()
      case "dial-later":
        this.#tell(action.failure, action.failures)
        this.#redial?.clear()
        this.#redial = clock.after(redialDelayMs(action.failures, random()), () => this.#on({ type: "dial" }))
        return
      case "hang-up":
        this.#request?.destroy()
        this.#request = undefined
        return
      case "greeted":
        this.#outage.opened()
        log.info("link.opened", { controlPlaneVersion: action.controlPlaneVersion, nodeId: action.nodeId })
        if (this.#options.store.version > 0) this.#options.onSettled?.()
        return
      case "judge":
        return this.#judge(action.frame)
      case "obey":
        return this.#options.onCommand?.(action.frame, this.#controlClock.now(clock.monotonic()))
    }
  }

  #tell(failure: LinkFailure, failures: number): void {
    const { log, clock, controlUrl } = this.#options
    const { reason } = failure
    switch (this.#outage.failed(clock.monotonic(), failure)) {
      case "waiting":
        return log.info("link.waiting", { message: "Waiting for the control plane, which is not up yet.", controlUrl })
      case "lost":
        return log.warn("link.lost", { reason, controlUrl })
      case "again":
        return log.debug("link.unreachable", { reason, failures })
    }
  }

  #dial(): void {
    const { controlUrl, linkToken, nodeName, boot, store, clock } = this.#options
    const query: SnapshotsQuery = {
      node: nodeName,
      boot,
      version: VERSION,
      snapshotEpoch: store.epoch,
      snapshotVersion: store.version,
      ...(store.hash === undefined ? {} : { snapshotHash: store.hash }),
    }
    const search = new URLSearchParams()
    for (const [name, value] of Object.entries(query)) search.set(name, String(value))
    const send = controlUrl.startsWith("https:") ? requestTls : requestClear
    const outgoing = send(`${controlUrl}${SNAPSHOTS_PATH}?${search.toString()}`, {
      agent: false,
      headers: { authorization: `Bearer ${linkToken.reveal()}`, accept: "application/x-ndjson" },
    })
    this.#request = outgoing
    const fail = (reason: string, isNobodyThere = false): void => {
      if (this.#request !== outgoing) return
      timer.clear()
      this.#request = undefined
      outgoing.destroy()
      this.#on({ type: "failed", failure: { reason, isNobodyThere } })
    }
    const timer = clock.after(CONNECT_TIMEOUT_MS, () => fail("no answer within five seconds"))
    outgoing.on("error", (error) => {
      timer.clear()
      const code = "code" in error ? String(error.code) : ""
      // Of a name with several addresses Node gives the code alone.
      fail(error.message || code, code === "ECONNREFUSED")
    })
    outgoing.on("response", (message) => {
      if (message.statusCode === 200) timer.clear()
      if (this.#request === outgoing) this.#read(message, fail)
    })
    outgoing.end()
  }

  #read(message: IncomingMessage, fail: (reason: string) => void): void {
    const { clock } = this.#options
    if (message.statusCode !== 200) return readRefusal(message, fail)
    this.#controlClock = new ControlClock()
    this.#on({ type: "opened", at: clock.monotonic() })
    const decoder = createDownFrameDecoder((frame) => {
      const at = clock.monotonic()
      if ("at" in frame && frame.at !== undefined) this.#controlClock.hear(frame.at, at)
      this.#on({ type: "frame", frame, at })
    })
    message.on("data", (chunk: Buffer) => {
      try {
        decoder.push(chunk)
      } catch (error) {
        fail(error instanceof Error ? error.message : String(error))
      }
    })
    message.on("error", (error) => fail(error.message))
    message.on("close", () => fail("the control plane closed the link"))
  }

  #judge(frame: SnapshotFrame): void {
    const { store, reporter, log, onAccepted } = this.#options
    const { epoch, version, hash } = frame
    const judgement = judgeSnapshot(frame, store)
    const refuse = (reason: string): void => {
      log.error("snapshot.refused", { epoch, version, reason })
      reporter.add({ type: "snapshot-refuse", epoch, version, reason })
    }
    if (judgement === "older") return refuse(`older than ${store.epoch}.${store.version}, which is in force`)
    if (judgement === "contradicting") {
      return refuse(`two databases claim version ${epoch}.${version}: what is in force under it has another content`)
    }
    const checked = decodeSnapshotFrame(frame)
    if (!checked.ok) return refuse(checked.reason)
    if (judgement === "newer") {
      try {
        store.swap(checked.snapshot, hash)
      } catch (error) {
        return refuse(`does not compile: ${error instanceof Error ? error.message : String(error)}`)
      }
      log.info("snapshot.in-force", { epoch, version, accounts: checked.snapshot.accounts.length })
      onAccepted(frame)
    }
    reporter.add({ type: "snapshot-ack", epoch, version, hash })
    this.#options.onSettled?.()
  }
}

/** Why there is no link, in the control plane's own words where it has some; they say what to do. */
function readRefusal(message: IncomingMessage, fail: (reason: string) => void): void {
  if (message.statusCode === 401) return fail("the control plane refuses the link token")
  let text = ""
  message.setEncoding("utf8")
  message.on("data", (chunk: string) => {
    if (text.length < MAX_REFUSAL_LENGTH) text += chunk
  })
  message.on("close", () => fail(refusalOf(text) ?? `the control plane answered ${message.statusCode}`))
}

function refusalOf(text: string): string | undefined {
  if (text.length > MAX_REFUSAL_LENGTH) return undefined
  try {
    const body: unknown = JSON.parse(text)
    const said = typeof body === "object" && body !== null && "error" in body ? body.error : undefined
    return typeof said === "string" ? said : undefined
  } catch {
    return undefined // A proxy's own page.
  }
}
