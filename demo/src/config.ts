/** The environment of the demo's processes, read in this one place. `scripts/demo.mjs` sets it. */
export interface Config {
  readonly gatewayUrl: string
  readonly apiKey: string
  readonly seed: string
  readonly requestsPerSecond: number
  /** It stops after this many minutes or requests, whichever comes first. */
  readonly minutes: number
  readonly requests: number
}

/** Throws a RangeError that names the variable. */
export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  return {
    gatewayUrl: required(env, "DEMO_GATEWAY_URL").replace(/\/$/, ""),
    apiKey: required(env, "DEMO_API_KEY"),
    seed: env["DEMO_SEED"] || "demo",
    requestsPerSecond: positive(env, "DEMO_REQUESTS_PER_SECOND", 2, 20),
    minutes: positive(env, "DEMO_MINUTES", 60, 24 * 60),
    requests: positive(env, "DEMO_REQUESTS", 10_000, 1_000_000),
  }
}

export interface StoryConfig {
  readonly simulatorUrl: string
  readonly panelUrl: string
  readonly adminToken: string
  readonly accounts: readonly string[]
  readonly models: readonly string[]
  readonly seed: string
  /** How many times faster than written. */
  readonly pace: number
  readonly minutes: number
}

/** Throws a RangeError that names the variable. */
export function readStoryConfig(env: Readonly<Record<string, string | undefined>> = process.env): StoryConfig {
  const list = (name: string): string[] => required(env, name).split(",")
  return {
    simulatorUrl: required(env, "DEMO_SIMULATOR_URL").replace(/\/$/, ""),
    panelUrl: required(env, "DEMO_PANEL_URL").replace(/\/$/, ""),
    adminToken: required(env, "DEMO_ADMIN_TOKEN"),
    accounts: list("DEMO_ACCOUNTS"),
    models: list("DEMO_MODELS"),
    seed: env["DEMO_SEED"] || "demo",
    pace: positive(env, "DEMO_PACE", 1, 1_000),
    minutes: positive(env, "DEMO_MINUTES", 60, 24 * 60),
  }
}

function required(env: Readonly<Record<string, string | undefined>>, name: string): string {
  const value = env[name]
  if (!value) throw new RangeError(`${name} is not set`)
  return value
}

function positive(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  fallback: number,
  largest: number,
): number {
  const value = Number(env[name] || fallback)
  if (!(value > 0 && value <= largest)) throw new RangeError(`${name} must be a number above 0 and up to ${largest}`)
  return value
}
