/**
 * The supervisor: starts one control plane and one data plane as children, keeps them running, ends them in order, and prints
 * one screen when both serve and the link between them is acknowledged. It opens no port and knows nothing of either's work;
 * a crash of one child never touches the other.
 */
import { fileURLToPath } from "node:url"
import { styleText } from "node:util"
import { EnvironmentError } from "#shared/environment.ts"
import { createLogger, type Logger } from "#shared/log.ts"
import { childEnvironment } from "./child-environment.ts"
import { spawnChild, type ChildListener } from "./child.ts"
import { readConfig } from "./config.ts"
import { FirstWords } from "./first-words.ts"
import { localLinkToken } from "./link-token.ts"
import { createReadiness, type Ready } from "./readiness.ts"
import { renderScreen, type Paint } from "./screen.ts"
import { isStarted, supervise, type Clock, type Notice } from "./supervise.ts"

/** A data plane may finish its running exchanges this long; the control plane only closes its listeners and its database. */
const DATA_PLANE_DRAIN_MS = 40_000
const CONTROL_PLANE_DRAIN_MS = 15_000
const SAME_SIGNAL_MS = 1_000

const clock: Clock = {
  now: () => performance.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms)
    return () => clearTimeout(timer)
  },
}

async function main(): Promise<number> {
  const config = readConfig()
  const log = createLogger({ level: config.logLevel, format: config.logFormat })
  const link = config.linkToken === undefined ? await localLinkToken(config.dataDirectory) : undefined
  const linkToken = config.linkToken ?? link?.token ?? ""
  const readiness = createReadiness()
  const prefixOf = (name: string): string | undefined =>
    config.logFormat === "pretty" ? styleText("dim", `${name.padEnd(13)} │ `, { stream: process.stdout }) : undefined
  const words = new FirstWords((line, child) => {
    process.stderr.write(child === undefined ? refusal(line) : `${prefixOf(child) ?? ""}${line}\n`)
  })
  const spawn = (name: "control-plane" | "data-plane") => (listener: ChildListener) =>
    spawnChild(
      {
        script: fileURLToPath(new URL(`./${name}.js`, import.meta.url)),
        environment: childEnvironment(name, config, linkToken, readiness.addresses()),
        prefix: prefixOf(name),
        onErrorLine: (line) => words.hear(name, line),
      },
      listener,
    )
  const supervision = supervise({
    children: [
      { name: "control-plane", drainMs: CONTROL_PLANE_DRAIN_MS, spawn: spawn("control-plane") },
      { name: "data-plane", drainMs: DATA_PLANE_DRAIN_MS, spawn: spawn("data-plane") },
    ],
    clock,
    onNotice: (notice) => {
      tell(log, notice)
      if (notice.type === "exited") words.ended(notice.name, notice.isRefusal)
      if (notice.type === "spawned") tellParent({ type: "child", name: notice.name, pid: notice.pid })
    },
    onMessage: (name, message) => {
      readiness.onMessage(name, message)
      if (isStarted(message)) words.started(name)
      // With a port chosen by the system the data plane can only be told where to dial once the control plane listens.
      if (readiness.addresses().control !== undefined) supervision.start("data-plane")
      if (name === "control-plane") supervision.send("data-plane", { type: "control-plane-started" })
    },
  })
  endOnSignals(supervision)
  supervision.start("control-plane")
  if (config.control.port !== 0 || config.control.url !== undefined) supervision.start("data-plane")
  void readiness.ready.then((ready) => announce(ready, link?.isNew ?? false))
  const exitCode = await supervision.ended
  words.sayRefusals()
  return exitCode
}

function endOnSignals(supervision: { stop(): void; kill(): void }): void {
  let askedAt: number | undefined
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      // One Ctrl-C may come twice: from the terminal and passed on by npm. Only a later one means "at once".
      if (askedAt !== undefined && clock.now() - askedAt > SAME_SIGNAL_MS) return supervision.kill()
      askedAt ??= clock.now()
      supervision.stop()
    })
  }
  // A parent that started it for itself (tests, the demo) and is gone no longer needs it.
  process.once("disconnect", () => supervision.stop())
}

function tell(log: Logger, notice: Notice): void {
  switch (notice.type) {
    case "spawned":
      return log.debug("child.started", { child: notice.name, pid: notice.pid })
    case "exited": {
      const how = { child: notice.name, code: notice.code, signal: notice.signal }
      if (notice.restartInMs === undefined) return log.info("child.ended", how)
      return log.error("child.restarting", { ...how, inMs: notice.restartInMs })
    }
    case "killed":
      return log.error("child.killed", { child: notice.name })
  }
}

function announce(ready: Ready, isFirstStart: boolean): void {
  const paint: Paint = (format, text) => styleText(format, text, { stream: process.stdout })
  process.stdout.write(renderScreen({ ...ready, isFirstStart }, paint))
  tellParent({ type: "started", ...ready })
}

/** Why it does not start, as the last that is said. */
function refusal(text: string): string {
  return `${styleText("red", text, { stream: process.stderr })}\n`
}

/** A parent that listens (tests, the demo) learns addresses and process ids by message; without one nothing happens. */
function tellParent(message: object): void {
  if (process.connected) process.send?.(message)
}

try {
  process.exitCode = await main()
} catch (error) {
  process.exitCode = 1
  const isPlain = error instanceof EnvironmentError || (error instanceof Error && "code" in error)
  if (isPlain) process.stderr.write(refusal(error.message))
  else process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
} finally {
  // A parent that listens for messages keeps this process alive through the channel otherwise.
  if (process.connected) process.disconnect()
}
