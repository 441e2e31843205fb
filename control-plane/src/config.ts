/** The environment of this process, read once into one typed object. Nothing else in the control plane reads `process.env`. */
import { existsSync } from "node:fs"
import { hostname } from "node:os"
import { dirname, join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { readEnvironment } from "#shared/environment.ts"
import type { LogFormat, LogLevel } from "#shared/log.ts"
import type { MasterKeySource } from "#shared/sealing.ts"
import { Secret } from "#shared/secret.ts"
import { SETTING_NAMES, type SettingName } from "./settings/table.ts"

export interface Config {
  /** Where panel, GraphQL and link listen. Port 0 takes any free port. */
  readonly host: string
  readonly port: number
  /** A proxy in front does TLS: cookies are `Secure`, and links from other hosts are taken. */
  readonly behindTls: boolean
  /** Sessions look and change nothing. */
  readonly readOnly: boolean
  /** Clear text beyond loopback is meant. */
  readonly clearText: boolean
  /** Whose word about the address of a client, and about the host it asked for, counts. */
  readonly trustedProxies: readonly string[]
  /** Cookie sessions run any document, not the persisted ones alone, and everybody is told the schema. */
  readonly graphqlDevelopment: boolean
  /** Of the backups that are made by themselves; 0 hours: none are. */
  readonly backups: { readonly intervalHours: number; readonly keep: number; readonly folder: string }
  readonly dataDirectory: string
  /** May hold a password. */
  readonly databaseUrl: Secret<string>
  readonly migrationsDirectory: string
  /** The built panel; it may be absent. */
  readonly webDirectory: string
  readonly masterKey: Secret<string> | undefined
  readonly masterKeyFile: string | undefined
  readonly adminPassword: Secret<string> | undefined
  readonly adminToken: Secret<string> | undefined
  readonly apiKey: Secret<string> | undefined
  /** The link token of the local data plane and the name under which it is shown. */
  readonly linkToken: Secret<string> | undefined
  readonly nodeName: string
  /** Where the data plane of this environment listens, for the panel's examples. */
  readonly gateway: { readonly host: string; readonly port: number; readonly tls: boolean }
  readonly panelUrl: string | undefined
  /** Those of the variables that can be set later too, as this start's environment has them. */
  readonly settings: Readonly<Partial<Record<SettingName, string>>>
  readonly oauth: {
    readonly clientId: Secret<string> | undefined
    readonly clientSecret: Secret<string> | undefined
    readonly authUrl: string
    readonly tokenUrl: string
    readonly userinfoUrl: string
  }
  /** May hold a password. */
  readonly outboundProxy: Secret<string> | undefined
  readonly upstreamCaFile: string | undefined
  /** Where Prometheus asks; undefined: nowhere. */
  readonly metrics: { readonly host: string; readonly port: number } | undefined
  readonly logLevel: LogLevel
  readonly logFormat: LogFormat
}

function givenSettings(env: Readonly<Record<string, string | undefined>>): Partial<Record<SettingName, string>> {
  return Object.fromEntries(
    SETTING_NAMES.flatMap((name) => {
      const text = env[name]?.trim()
      return text === undefined || text === "" ? [] : [[name, text]]
    }),
  )
}

/** Where the master key comes from. */
export function masterKeySource(
  config: Pick<Config, "masterKey" | "masterKeyFile" | "dataDirectory">,
): MasterKeySource {
  const { masterKey, masterKeyFile, dataDirectory } = config
  return { masterKey: masterKey?.reveal(), masterKeyFile, dataDirectory }
}

/** The folder that holds `prisma/migrations`, seen from the source tree and from the bundle alike. */
export function findRoot(from: string = dirname(fileURLToPath(import.meta.url))): string {
  for (let directory = from; ; directory = dirname(directory)) {
    if (existsSync(join(directory, "prisma", "migrations"))) return directory
    if (directory === dirname(directory)) throw new Error(`no prisma/migrations above ${from}`)
  }
}

/** For who has to look at variables that others read. */
export function environment(): Readonly<Record<string, string | undefined>> {
  return process.env
}

/** Throws `EnvironmentError` for values that are not allowed. `warn` gets a sentence for each name that looks like a slip. */
export function readConfig(
  env: Readonly<Record<string, string | undefined>> = process.env,
  warn: (sentence: string) => void = () => undefined,
): Config {
  const values = readEnvironment("control-plane", env, warn)
  const root = findRoot()
  const dataDirectory = resolve(values.DATA_DIR)
  return {
    host: values.CONTROL_HOST,
    port: values.CONTROL_PORT,
    behindTls: values.BEHIND_TLS,
    readOnly: values.READ_ONLY,
    clearText: values.CLEAR_TEXT,
    trustedProxies: values.TRUSTED_PROXIES ?? [],
    graphqlDevelopment: values.GRAPHQL_DEVELOPMENT,
    dataDirectory,
    backups: {
      intervalHours: values.BACKUP_INTERVAL_HOURS,
      keep: values.BACKUP_KEEP,
      folder: resolve(values.BACKUP_FOLDER ?? join(dataDirectory, "backups")),
    },
    databaseUrl: values.DATABASE_URL ?? new Secret(`file:${join(dataDirectory, "lagrange.db")}`),
    migrationsDirectory: join(root, "prisma", "migrations"),
    webDirectory: join(root, "dist", "web"),
    masterKey: values.MASTER_KEY,
    masterKeyFile: values.MASTER_KEY_FILE,
    adminPassword: values.ADMIN_PASSWORD,
    adminToken: values.ADMIN_TOKEN,
    apiKey: values.API_KEY,
    linkToken: values.LINK_TOKEN,
    nodeName: values.NODE_NAME ?? hostname(),
    gateway: { host: values.HOST, port: values.PORT, tls: values.TLS_CERT_FILE !== undefined },
    panelUrl: values.PANEL_URL,
    settings: givenSettings(env),
    oauth: {
      clientId: values.GOOGLE_OAUTH_CLIENT_ID,
      clientSecret: values.GOOGLE_OAUTH_CLIENT_SECRET,
      authUrl: values.GOOGLE_OAUTH_AUTH_URL,
      tokenUrl: values.GOOGLE_OAUTH_TOKEN_URL,
      userinfoUrl: values.GOOGLE_USERINFO_URL,
    },
    outboundProxy: values.OUTBOUND_PROXY,
    upstreamCaFile: values.UPSTREAM_CA_FILE,
    metrics:
      values.CONTROL_METRICS_PORT === undefined
        ? undefined
        : { host: values.METRICS_HOST, port: values.CONTROL_METRICS_PORT },
    logLevel: values.LOG_LEVEL,
    logFormat: values.LOG_FORMAT ?? (process.stdout.isTTY ? "pretty" : "json"),
  }
}
