/** The environment of this process, read once. Nothing else in the supervisor reads `process.env`. */
import { resolve } from "node:path"
import { readEnvironment } from "#shared/environment.ts"
import type { LogFormat, LogLevel } from "#shared/log.ts"

export interface Config {
  readonly dataDirectory: string
  readonly control: { readonly host: string; readonly port: number; readonly url: string | undefined }
  readonly gateway: { readonly port: number }
  /** Given by the operator; undefined: the installation's own, kept in its data directory. */
  readonly linkToken: string | undefined
  readonly logLevel: LogLevel
  readonly logFormat: LogFormat
  /** Somebody reads this on a terminal that shows colours. */
  readonly isColoured: boolean
  /** What the children inherit. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** Throws `EnvironmentError`. Slips in names are the planes' to warn about, which read the same environment. */
export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const values = readEnvironment("supervisor", env, () => undefined)
  return {
    dataDirectory: resolve(values.DATA_DIR),
    control: { host: values.CONTROL_HOST, port: values.CONTROL_PORT, url: values.CONTROL_URL },
    gateway: { port: values.PORT },
    linkToken: values.LINK_TOKEN?.reveal(),
    logLevel: values.LOG_LEVEL,
    logFormat: values.LOG_FORMAT ?? (process.stdout.isTTY ? "pretty" : "json"),
    isColoured: process.stdout.isTTY && process.stdout.hasColors() && !env["NO_COLOR"],
    environment: env,
  }
}
