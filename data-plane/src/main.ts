/** The data plane as a process: configuration, start, signals, and one sentence when it cannot start. */
import { EnvironmentError } from "#shared/environment.ts"
import { createLogger, type Logger } from "#shared/log.ts"
import { readConfig, type Config } from "./config.ts"
import { startDataPlane, type DataPlane } from "./data-plane.ts"

/** After an error that nobody expected, streams get this long to end. */
const CRASH_DRAIN_MS = 2_000

function configure(): { config: Config; log: Logger } {
  const warnings: string[] = []
  const config = readConfig((sentence) => warnings.push(sentence))
  const log = createLogger({ level: config.logLevel, format: config.logFormat })
  for (const message of warnings) log.warn("environment", { message })
  return { config, log }
}

function sayAndExit(sentence: string): never {
  process.stderr.write(`${sentence}\n`)
  process.exit(1)
}

async function start(): Promise<void> {
  const { config, log } = configure()
  const plane = await startDataPlane(config, log, {
    onLinkSettled: () => void (process.connected && process.send?.({ type: "snapshot-applied" })),
  })
  log.info("data-plane.started", { url: plane.url })
  process.send?.({ type: "started", url: plane.url })
  // The supervisor tells when its control plane listens, so that the link does not wait out its pause.
  process.on("message", () => plane.dialNow())
  onStopSignals(plane, log)
  onUnexpected(plane, log)
}

function onStopSignals(plane: DataPlane, log: Logger): void {
  let isStopping = false
  const stop = (signal: string): void => {
    if (isStopping) return
    isStopping = true
    log.info("data-plane.draining", { signal })
    plane.drain().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error("data-plane.drain-failed", { error })
        process.exit(1)
      },
    )
  }
  process.on("SIGTERM", () => stop("SIGTERM"))
  process.on("SIGINT", () => stop("SIGINT"))
  // The supervisor went away: nobody is left to stop us.
  if (process.send !== undefined) process.on("disconnect", () => stop("disconnect"))
}

/** The state is unknown from here on: what is under way may end, nothing new begins. */
function onUnexpected(plane: DataPlane, log: Logger): void {
  let isCrashing = false
  const crash = (error: unknown): void => {
    log.error("data-plane.crashed", { error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    if (isCrashing) return
    isCrashing = true
    setTimeout(() => process.exit(1), CRASH_DRAIN_MS * 2)
    void drainAndExit(plane)
  }
  process.on("uncaughtException", crash)
  process.on("unhandledRejection", crash)
}

async function drainAndExit(plane: DataPlane): Promise<void> {
  try {
    await plane.drain(CRASH_DRAIN_MS)
  } finally {
    process.exit(1)
  }
}

start().catch((error: unknown) => {
  if (error instanceof EnvironmentError) sayAndExit(error.message)
  if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") {
    sayAndExit(
      `The data plane's address is in use (${error.message.replace(/^listen /, "")}): set PORT to a free one, or stop what uses it.`,
    )
  }
  sayAndExit(`The data plane cannot start: ${error instanceof Error ? error.message : String(error)}`)
})
