import { ENVIRONMENT, type Process } from "#shared/environment.ts"
import type { Config } from "./config.ts"

/** Where the children listen, once they told. */
export interface Addresses {
  readonly control: string | undefined
  readonly gateway: string | undefined
}

/**
 * What a plane is started with: the supervisor's own environment without the variables of ours that this plane does not read
 * (the process that faces clients never holds the master key or the panel's password), and what both planes have to agree on.
 * A port chosen by the system stays the same over restarts.
 */
export function childEnvironment(
  plane: Exclude<Process, "supervisor">,
  config: Config,
  linkToken: string,
  addresses: Addresses,
): Record<string, string | undefined> {
  const controlPort = portOf(addresses.control) ?? String(config.control.port)
  const host = /^(0\.0\.0\.0|::|\*)$/.test(config.control.host) ? "127.0.0.1" : config.control.host
  return {
    NODE_ENV: "production",
    ...Object.fromEntries(Object.entries(config.environment).filter(([name]) => reads(plane, name))),
    LINK_TOKEN: linkToken,
    LOG_FORMAT: config.logFormat,
    // They write into a pipe, and only we know where that ends.
    ...(config.isColoured ? { FORCE_COLOR: "1" } : {}),
    CONTROL_PORT: controlPort,
    PORT: portOf(addresses.gateway) ?? String(config.gateway.port),
    CONTROL_URL: config.control.url ?? `http://${host.includes(":") ? `[${host}]` : host}:${controlPort}`,
  }
}

/** Names that are not ours are for Node and the system, or slips that the planes warn about. Windows does not tell cases apart. */
function reads(plane: Process, name: string): boolean {
  for (const [ours, { readBy }] of Object.entries(ENVIRONMENT)) {
    if (ours === name.toUpperCase()) return readBy.some((reader) => reader === plane)
  }
  return true
}

function portOf(address: string | undefined): string | undefined {
  return address === undefined ? undefined : new URL(address).port || undefined
}
