/** The control plane as a process: starts, tells its parent or a person where it is, drains on a signal. */
import { EnvironmentError } from "#shared/environment.ts"
import { createLogger, type Logger } from "#shared/log.ts"
import { SealError } from "#shared/sealing.ts"
import { startControlPlane, type ControlPlane } from "./application.ts"
import { readConfig } from "./config.ts"
import { DatabaseError } from "./database/open.ts"
import { StartError } from "./failure.ts"

/** The supervisor asks again after this long by SIGKILL; a second signal of a person does not wait either. */
const EXIT_MS = 10_000

function sayStarted({ url, panelUrl, generatedPassword }: ControlPlane): void {
  if (process.send !== undefined) {
    process.send({ type: "started", url, panelUrl, ...(generatedPassword === undefined ? {} : { generatedPassword }) })
    return
  }
  const password =
    generatedPassword === undefined ? "" : `Password: ${generatedPassword}   (user admin; shown this once)\n`
  process.stdout.write(`Panel:    ${panelUrl}\n${password}`)
}

/** One sentence for what a person can mend, without a stack. */
function sayWhyNot(error: unknown): void {
  const isExpected =
    error instanceof StartError ||
    error instanceof DatabaseError ||
    error instanceof SealError ||
    error instanceof EnvironmentError
  const text = error instanceof Error ? (isExpected ? error.message : (error.stack ?? error.message)) : String(error)
  process.stderr.write(`${text}\n`)
}

function drainOnSignals(controlPlane: ControlPlane, log: Logger): void {
  let isStopping = false
  const stop = (why: string, code: number): void => {
    if (isStopping) return process.exit(code === 0 ? 130 : code)
    isStopping = true
    log.info("control-plane.stopping", { why })
    setTimeout(() => process.exit(code), EXIT_MS).unref()
    controlPlane.stop().then(
      () => process.exit(code),
      (error: unknown) => {
        sayWhyNot(error)
        process.exit(1)
      },
    )
  }
  process.on("SIGTERM", () => stop("SIGTERM", 0))
  process.on("SIGINT", () => stop("SIGINT", 0))
  // The parent is gone: nobody would restart or stop us any more.
  process.on("disconnect", () => stop("the supervisor left", 0))
  for (const event of ["uncaughtException", "unhandledRejection"]) {
    process.on(event, (error: unknown) => {
      log.error("control-plane.crashed", {
        event,
        reason: error instanceof Error ? (error.stack ?? error.message) : String(error),
      })
      stop(event, 1)
    })
  }
}

try {
  const slips: string[] = []
  const config = readConfig(undefined, (sentence) => slips.push(sentence))
  const log = createLogger({ level: config.logLevel, format: config.logFormat })
  for (const message of slips) log.warn("environment", { message })
  const controlPlane = await startControlPlane({ config, log })
  drainOnSignals(controlPlane, log)
  sayStarted(controlPlane)
} catch (error) {
  sayWhyNot(error)
  process.exit(1)
}
