/** The simulator's environment, read in this one place. */
import type { SimulatorOptions } from "./simulator.ts"

type Environment = Readonly<Record<string, string | undefined>>

/** Reads the options of the simulator process. Throws a RangeError that names the variable. */
export function readConfig(
  environment: Environment = process.env,
): SimulatorOptions & { readonly caFile: string | undefined } {
  const tlsPort = number(environment, "SIMULATOR_TLS_PORT")
  return {
    host: text(environment, "SIMULATOR_HOST") ?? "127.0.0.1",
    port: number(environment, "SIMULATOR_PORT") ?? 8090,
    ...(tlsPort === undefined ? {} : { tlsPort }),
    // Where the authority's PEM is written, for clients that read a file.
    caFile: text(environment, "SIMULATOR_CA_FILE"),
    seed: text(environment, "SIMULATOR_SEED") ?? "simulator",
    accounts: number(environment, "SIMULATOR_ACCOUNTS") ?? 12,
    clientId: text(environment, "SIMULATOR_CLIENT_ID") ?? "simulator-client",
    clientSecret: text(environment, "SIMULATOR_CLIENT_SECRET") ?? "simulator-secret",
    tokenLifetime: number(environment, "SIMULATOR_TOKEN_LIFETIME") ?? 3599,
    quotaScale: number(environment, "SIMULATOR_QUOTA_SCALE") ?? 1,
    firstByteDelay: number(environment, "SIMULATOR_FIRST_BYTE_MS") ?? 0,
    eventPause: number(environment, "SIMULATOR_EVENT_MS") ?? 0,
    disabledRules: (text(environment, "SIMULATOR_DISABLED_RULES") ?? "").split(",").filter(Boolean),
    redirectUris: (text(environment, "SIMULATOR_REDIRECT_URIS") ?? "").split(",").filter(Boolean),
    newerModelsVersion: text(environment, "SIMULATOR_NEWER_MODELS_VERSION") ?? "0.1.0",
    supportedVersion: text(environment, "SIMULATOR_SUPPORTED_VERSION") ?? "0.0.1",
  }
}

function text(environment: Environment, name: string): string | undefined {
  const value = environment[name]?.trim()
  return value === "" ? undefined : value
}

function number(environment: Environment, name: string): number | undefined {
  const value = text(environment, name)
  if (value === undefined) return undefined
  if (!/^\d+(\.\d+)?$/.test(value)) throw new RangeError(`${name} must be a number, got "${value}"`)
  return Number(value)
}
