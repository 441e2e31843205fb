/**
 * Every environment variable that has effect, one row each, in the order `.env.example` shows them. Nothing else in the
 * tree reads `process.env`: a process reads this table once through `readEnvironment`.
 */
import { EFFORT_TABLE, writeEffortTable } from "../effort-table.ts"
import { DEFAULT_POOL_STRATEGY, POOL_STRATEGY_NAMES } from "../pool-strategy.ts"
import { VERSION } from "../version.ts"
import {
  addressRanges,
  baseUrls,
  databaseAddress,
  effortTable,
  flag,
  headerList,
  headerText,
  host,
  httpAddress,
  integer,
  oneOf,
  type Parser,
  proxyAddress,
  secret,
  storeAddress,
  strategies,
  text,
  webhookHosts,
} from "./parse.ts"

export type Process = "control-plane" | "data-plane" | "supervisor"

export interface Variable {
  /** Parsed like a value that was set; undefined: the value is undefined when unset. */
  readonly default: string | undefined
  /** What a reader is told the default is, where it is not a plain text. */
  readonly defaultShown?: string
  readonly meaning: string
  readonly group: string
  readonly readBy: readonly Process[]
  readonly parse: Parser<unknown>
}

const all = ["control-plane", "data-plane", "supervisor"] as const
const planes = ["control-plane", "data-plane"] as const
const controlPlane = ["control-plane"] as const
const dataPlane = ["data-plane"] as const
const port = integer(0, 65_535)
const slots = integer(0, 1_000_000)
const waitMs = integer(1, 86_400_000)

export const ENVIRONMENT = {
  PORT: {
    default: "8088",
    group: "Addresses",
    meaning: "Port of the data plane: the OpenAI, Anthropic and Gemini APIs. 0 takes any free port.",
    readBy: all,
    parse: port,
  },
  HOST: {
    default: "127.0.0.1",
    group: "Addresses",
    meaning: "Address the data plane listens on.",
    readBy: all,
    parse: host,
  },
  CONTROL_PORT: {
    default: "8089",
    group: "Addresses",
    meaning: "Port of the control plane: panel, GraphQL and the link. 0 takes any free port.",
    readBy: all,
    parse: port,
  },
  CONTROL_HOST: {
    default: "127.0.0.1",
    group: "Addresses",
    meaning: "Address the control plane listens on.",
    readBy: all,
    parse: host,
  },
  PANEL_URL: {
    default: undefined,
    defaultShown: "the control plane's address",
    group: "Addresses",
    meaning: "Where `GET /` on the data plane sends a browser.",
    readBy: planes,
    parse: httpAddress,
  },
  TLS_CERT_FILE: {
    default: undefined,
    group: "Addresses",
    meaning: "PEM certificate chain; the data plane then serves TLS. Needs `TLS_KEY_FILE`.",
    readBy: planes,
    parse: text,
  },
  TLS_KEY_FILE: {
    default: undefined,
    group: "Addresses",
    meaning: "PEM private key of `TLS_CERT_FILE`.",
    readBy: dataPlane,
    parse: text,
  },
  BEHIND_TLS: {
    default: "off",
    group: "Addresses",
    meaning: "States that a proxy in front does TLS, so that listening beyond loopback in clear text is allowed.",
    readBy: planes,
    parse: flag,
  },
  CLEAR_TEXT: {
    default: "off",
    group: "Addresses",
    meaning:
      "Allows clear text beyond loopback without a word about TLS: of clients, of the panel and of links between the planes. For a network that nobody else is on, such as that of a few containers.",
    readBy: planes,
    parse: flag,
  },
  GRAPHQL_DEVELOPMENT: {
    default: "off",
    group: "Addresses",
    meaning:
      "For who works on Lagrange itself: the schema is told to everybody, and a session may run any document of GraphQL, not the panel's alone. `npm run dev` sets it.",
    readBy: controlPlane,
    parse: flag,
  },
  TRUSTED_PROXIES: {
    default: undefined,
    defaultShown: "none: such headers are ignored",
    group: "Addresses",
    meaning:
      "Comma list of addresses and ranges of the proxies in front whose `X-Forwarded-For` and `X-Forwarded-Host` count: for limits on sign-ins and wrong keys, for keys that are bound to addresses, and for what is recorded.",
    readBy: planes,
    parse: addressRanges,
  },
  ADMIN_PASSWORD: {
    default: undefined,
    defaultShown: "generated, printed once",
    group: "Who may enter",
    meaning: "Password of the panel. When set, it wins at every start.",
    readBy: controlPlane,
    parse: secret,
  },
  ADMIN_TOKEN: {
    default: undefined,
    group: "Who may enter",
    meaning: "Bearer token with all rights on the GraphQL API, for automation.",
    readBy: controlPlane,
    parse: secret,
  },
  READ_ONLY: {
    default: "off",
    group: "Who may enter",
    meaning:
      "Whoever signs in to the panel is a viewer and changes nothing, whatever their role; `ADMIN_TOKEN` and admin tokens go on as they are. For an installation that is shown to others.",
    readBy: controlPlane,
    parse: flag,
  },
  AUDIT_RETENTION_DAYS: {
    default: "400",
    group: "Who may enter",
    meaning:
      "Days after which audit events are forgotten. At least 30, so that nobody who gets in can make what they did be forgotten at once.",
    readBy: controlPlane,
    parse: integer(30, 3_650),
  },
  API_KEY: {
    default: undefined,
    defaultShown: "`ADMIN_PASSWORD`, while that is set",
    group: "Who may enter",
    meaning: "A first API key for clients, not limited.",
    readBy: controlPlane,
    parse: secret,
  },
  MAX_CONCURRENT_PER_MODEL: {
    default: "2",
    group: "Pool",
    meaning: "Requests at the same time per model over the whole pool; 0 is unlimited.",
    readBy: controlPlane,
    parse: slots,
  },
  MAX_CONCURRENT_PER_ACCOUNT: {
    default: "1",
    group: "Pool",
    meaning: "Requests at the same time per account; 0 is unlimited.",
    readBy: controlPlane,
    parse: slots,
  },
  POOL_STRATEGY: {
    default: DEFAULT_POOL_STRATEGY,
    group: "Pool",
    meaning: `How an account is chosen: ${anyOf(POOL_STRATEGY_NAMES)}. A comma list of \`GROUP=STRATEGY\` chooses by group of models, which are \`gemini\`, \`third_party\` (Claude, GPT-OSS) and \`image\`; a strategy alone is for all other groups.`,
    readBy: controlPlane,
    parse: strategies,
  },
  POOL_WAIT_MS: {
    default: "60000",
    group: "Pool",
    meaning: "Milliseconds a request waits for a free slot before it is refused.",
    readBy: controlPlane,
    parse: waitMs,
  },
  POOL_COOLING_WAIT_MS: {
    default: "15000",
    group: "Pool",
    meaning:
      "While all accounts for a model cool down: a request waits for the first to come back if that is within so many milliseconds, and is refused at once otherwise.",
    readBy: controlPlane,
    parse: waitMs,
  },
  MAX_ATTEMPTS: {
    default: "4",
    group: "Pool",
    meaning:
      "Calls to the upstream that one request may make until one is answered, the first included; 1 never tries again.",
    readBy: controlPlane,
    parse: integer(1, 10),
  },
  ATTEMPT_BUDGET_MS: {
    default: "30000",
    group: "Pool",
    meaning:
      "Milliseconds after its first call within which a request may begin another one, waits for an account included. A call that ended by `FIRST_BYTE_TIMEOUT_MS` earns one on another account even after that.",
    readBy: controlPlane,
    parse: integer(1_000, 120_000),
  },
  POOL_PAUSE_ON_WALLS: {
    default: "on",
    group: "Pool",
    meaning:
      "Whether the pool pauses by itself when two accounts must be verified or are disabled by their provider within ten minutes, so that the rest is left alone until you have looked. `resumePool` in GraphQL ends a pause, and so does off.",
    readBy: controlPlane,
    parse: flag,
  },
  QUOTA_HISTORY_DAYS: {
    default: "90",
    group: "Pool",
    meaning:
      "How long it is remembered what was left of quotas, in days: every reading of two days, then one an hour for two weeks, then one a day.",
    readBy: controlPlane,
    parse: integer(2, 3_650),
  },
  FIRST_BYTE_TIMEOUT_MS: {
    default: "120000",
    group: "Pool",
    meaning: "Milliseconds one attempt waits for the upstream's first byte.",
    readBy: controlPlane,
    parse: waitMs,
  },
  STREAM_IDLE_TIMEOUT_MS: {
    default: "180000",
    group: "Pool",
    meaning: "Milliseconds one attempt waits between two events of the upstream.",
    readBy: controlPlane,
    parse: waitMs,
  },
  THINKING_BUDGETS: {
    default: writeEffortTable(EFFORT_TABLE),
    group: "Translation",
    meaning:
      "Tokens of thinking for each effort that a client may ask for, as a comma list of `EFFORT=TOKENS`; efforts that are not named keep their default. `maximum` is what the model can think at most; `auto` is for models that do not choose by themselves.",
    readBy: controlPlane,
    parse: effortTable,
  },
  ATTRIBUTION_BLOCK: {
    default: "drop",
    group: "Translation",
    meaning:
      "What becomes of the system block `x-anthropic-billing-header:` of Claude Code when the model is not at Anthropic: drop (recorded with the request) or keep.",
    readBy: controlPlane,
    parse: oneOf("drop", "keep"),
  },
  FETCH_REMOTE_MEDIA: {
    default: "on",
    group: "Translation",
    meaning:
      "Whether data planes fetch images and files that a request names by an http(s) address. Only public addresses are ever fetched; off refuses them all.",
    readBy: controlPlane,
    parse: flag,
  },
  DATA_DIR: {
    default: "./data",
    group: "Storage",
    meaning: "Folder of the SQLite file, the generated keys and the last good snapshot.",
    readBy: all,
    parse: text,
  },
  DATABASE_URL: {
    default: undefined,
    defaultShown: "a SQLite file in `DATA_DIR`",
    group: "Storage",
    meaning: "`file:PATH` for SQLite or `postgresql://…` for PostgreSQL.",
    readBy: controlPlane,
    parse: databaseAddress,
  },
  REQUEST_RETENTION_DAYS: {
    default: "30",
    group: "Storage",
    meaning: "Days after which the record of a request is forgotten. What it used stays counted.",
    readBy: controlPlane,
    parse: integer(1, 3_650),
  },
  REQUEST_RETENTION_COUNT: {
    default: "1000000",
    group: "Storage",
    meaning:
      "How many records of requests are kept at most; the oldest go first. A million take about 1.2 GB, and pages stay quick with ten.",
    readBy: controlPlane,
    parse: integer(1_000, 100_000_000),
  },
  USAGE_MINUTE_DAYS: {
    default: "2",
    group: "Storage",
    meaning: "For how many days usage is kept by the minute.",
    readBy: controlPlane,
    parse: integer(1, 3_650),
  },
  USAGE_HOUR_DAYS: {
    default: "60",
    group: "Storage",
    meaning: "For how many days usage is kept by the hour; by the minute it is not kept longer.",
    readBy: controlPlane,
    parse: integer(1, 3_650),
  },
  USAGE_DAY_DAYS: {
    default: "730",
    group: "Storage",
    meaning: "For how many days usage is kept by the day; by the hour it is not kept longer.",
    readBy: controlPlane,
    parse: integer(1, 36_500),
  },
  MASTER_KEY: {
    default: undefined,
    defaultShown: "a generated file in `DATA_DIR`",
    group: "Storage",
    meaning: "32 bytes as base64 or hex: the root of all secrets at rest. Without it nothing sealed can be opened.",
    readBy: controlPlane,
    parse: secret,
  },
  MASTER_KEY_FILE: {
    default: undefined,
    group: "Storage",
    meaning: "File that holds the master key, readable by its owner only. Instead of `MASTER_KEY`.",
    readBy: controlPlane,
    parse: text,
  },
  BACKUP_INTERVAL_HOURS: {
    default: "0",
    group: "Storage",
    meaning:
      "Hours from one encrypted backup to the next that the control plane makes by itself, as `npm run admin -- backup` does; 0: none.",
    readBy: controlPlane,
    parse: integer(0, 8_760),
  },
  BACKUP_KEEP: {
    default: "7",
    group: "Storage",
    meaning: "Of the backups that were made by themselves so many are kept, the newest; others in the folder stay.",
    readBy: controlPlane,
    parse: integer(1, 1_000),
  },
  BACKUP_FOLDER: {
    default: undefined,
    defaultShown: "`DATA_DIR/backups`",
    group: "Storage",
    meaning: "Where they are written. A folder on another disk outlives this one; the master key is in none of them.",
    readBy: controlPlane,
    parse: text,
  },
  CAPTURE_RETENTION_HOURS: {
    default: "24",
    group: "Storage",
    meaning: "How long captured bodies of requests are kept, in hours.",
    readBy: controlPlane,
    parse: integer(1, 720),
  },
  CAPTURE_MAX_MIB: {
    default: "256",
    group: "Storage",
    meaning:
      "What captured bodies may take in the database, packed and sealed, in MiB; beyond it the oldest are erased.",
    readBy: controlPlane,
    parse: integer(1, 102_400),
  },
  CONTROL_URL: {
    default: undefined,
    defaultShown: "`CONTROL_HOST` and `CONTROL_PORT`",
    group: "Link between the planes",
    meaning: "Address of the control plane, as the data plane reaches it.",
    readBy: all,
    parse: httpAddress,
  },
  LINK_TOKEN: {
    default: undefined,
    defaultShown: "generated by `npm start`",
    group: "Link between the planes",
    meaning: "Proves a data plane to the control plane.",
    readBy: all,
    parse: secret,
  },
  NODE_NAME: {
    default: undefined,
    defaultShown: "the host name",
    group: "Link between the planes",
    meaning: "What this data plane is called in the panel.",
    readBy: planes,
    parse: headerText,
  },
  VALKEY_URL: {
    default: undefined,
    defaultShown: "not set: each data plane remembers its own",
    group: "Link between the planes",
    meaning:
      "`redis://[user:password@]host[:port][/database]`, or `rediss://` for TLS: a Valkey, or a Redis of version 6.2 or newer, through which data planes share where conversations live and the signatures of their thoughts. The same for all of them.",
    readBy: dataPlane,
    parse: storeAddress,
  },
  OUTBOUND_PROXY: {
    default: undefined,
    group: "Upstream",
    meaning: "`http://[user:password@]host:port` for every outbound call (CONNECT).",
    readBy: planes,
    parse: proxyAddress,
  },
  UPSTREAM_CA_FILE: {
    default: undefined,
    group: "Upstream",
    meaning: "PEM file with authorities trusted for TLS to the upstream and to `VALKEY_URL` besides the system's.",
    readBy: planes,
    parse: text,
  },
  ANTIGRAVITY_BASE_URLS: {
    default: "https://daily-cloudcode-pa.googleapis.com,https://cloudcode-pa.googleapis.com",
    group: "Upstream",
    meaning: "Comma list of upstream addresses, in order; `daily` and `prod` stand for Google's two.",
    readBy: controlPlane,
    parse: baseUrls,
  },
  ANTIGRAVITY_USER_AGENT: {
    default: `lagrange/${VERSION}`,
    defaultShown: "`lagrange/` and our version",
    group: "Upstream",
    meaning: "`User-Agent` of upstream calls. The upstream decides by it which models it shows.",
    readBy: controlPlane,
    parse: headerText,
  },
  DEFAULT_MODEL: {
    default: undefined,
    group: "Upstream",
    meaning:
      "Model for a Responses request that names none, as some follow-ups of agents do. Without it that is a 400.",
    readBy: controlPlane,
    parse: headerText,
  },
  GOOGLE_OAUTH_CLIENT_ID: {
    default: undefined,
    group: "Upstream",
    meaning: "Id of your OAuth client. None is built in. Which ones the upstream accepts: docs/guides/oauth.md.",
    readBy: controlPlane,
    parse: secret,
  },
  GOOGLE_OAUTH_CLIENT_SECRET: {
    default: undefined,
    group: "Upstream",
    meaning: "Secret of your OAuth client.",
    readBy: controlPlane,
    parse: secret,
  },
  GOOGLE_OAUTH_AUTH_URL: {
    default: "https://accounts.google.com/o/oauth2/v2/auth",
    group: "Upstream",
    meaning: "The page on which the owner of an account signs in and agrees.",
    readBy: controlPlane,
    parse: httpAddress,
  },
  GOOGLE_OAUTH_TOKEN_URL: {
    default: "https://oauth2.googleapis.com/token",
    group: "Upstream",
    meaning: "Where codes are exchanged and access tokens renewed.",
    readBy: controlPlane,
    parse: httpAddress,
  },
  GOOGLE_USERINFO_URL: {
    default: "https://www.googleapis.com/oauth2/v2/userinfo",
    group: "Upstream",
    meaning: "Where the e-mail address of a new account is read.",
    readBy: controlPlane,
    parse: httpAddress,
  },
  LOG_LEVEL: {
    default: "info",
    group: "Log",
    meaning: "The least level that is written: debug, info, warn or error.",
    readBy: all,
    parse: oneOf("debug", "info", "warn", "error"),
  },
  LOG_FORMAT: {
    default: undefined,
    defaultShown: "pretty on a terminal, else json",
    group: "Log",
    meaning: "Lines for people (pretty) or for machines (json).",
    readBy: all,
    parse: oneOf("json", "pretty"),
  },
  METRICS_PORT: {
    default: undefined,
    defaultShown: "off",
    group: "Metrics, traces and alerts",
    meaning: "Port at which the data plane tells its numbers to Prometheus, under `/metrics`. 0 takes any free port.",
    readBy: dataPlane,
    parse: port,
  },
  CONTROL_METRICS_PORT: {
    default: undefined,
    defaultShown: "off",
    group: "Metrics, traces and alerts",
    meaning: "The same of the control plane.",
    readBy: controlPlane,
    parse: port,
  },
  METRICS_HOST: {
    default: "127.0.0.1",
    group: "Metrics, traces and alerts",
    meaning:
      "Address where both planes listen for Prometheus. Whoever reaches it may read the numbers: they need no key, and name models, accounts' states and nodes.",
    readBy: planes,
    parse: host,
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    default: undefined,
    defaultShown: "no traces",
    group: "Metrics, traces and alerts",
    meaning:
      "Address of a collector: the data plane sends it a trace of each exchange, as OTLP over HTTP in JSON, to `/v1/traces` below it.",
    readBy: dataPlane,
    parse: httpAddress,
  },
  OTEL_EXPORTER_OTLP_HEADERS: {
    default: undefined,
    group: "Metrics, traces and alerts",
    meaning: "Headers for the collector, as a comma list of `NAME=VALUE`; values are percent-encoded.",
    readBy: dataPlane,
    parse: headerList,
  },
  ALERT_WEBHOOK_HOSTS: {
    default: undefined,
    defaultShown: "none: alerts are seen in the API only",
    group: "Metrics, traces and alerts",
    meaning:
      "Comma list of where alerts may be sent: host names, `*.domains`, addresses and ranges, each with `:PORT` where only that is allowed, and with `http://` before it where clear text is. A name leads to public addresses only; one that is not public must be listed itself.",
    readBy: controlPlane,
    parse: webhookHosts,
  },
} as const satisfies Record<string, Variable>

export type VariableName = keyof typeof ENVIRONMENT

/** Names that the design has and this version does not act on: warned about, never refused. */
export const WITHOUT_EFFECT = ["WORKERS", "CONTROL_TLS_CERT_FILE", "CONTROL_TLS_KEY_FILE", "STANDBY_REFRESH"] as const

/** Names of ours that only the named command reads. */
export const READ_ELSEWHERE: Readonly<Record<string, string>> = { DEMO_SEED: "npm run demo" }

/** `a`, `b` or `c`. */
function anyOf(names: readonly string[]): string {
  const quoted = names.map((name) => `\`${name}\``)
  return `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`
}
