/**
 * Which test shows that a variable of the environment does what it says. Those that are settings too are changed there while planes
 * serve, or a job runs; that data planes are told each of them is in `control-plane/test/settings.test.ts`.
 */
import type { ProofRow } from "./proof.ts"

const of = (name: string): string => `control-plane/test/${name}.test.ts`
const SETTINGS = "test/integration/settings.test.ts"
const PROCESS = "data-plane/test/process.test.ts"
const SILENT = "%s, for an upstream that is silent"
const RETENTION = of("retention")
const USAGE_DAYS = "usage is forgotten by the minute, the hour and the day, and a series with its last day"
const BUSY = "a busy port ends with one sentence and 1"
const SERVES = "it tells its address, serves, and ends with 0 on SIGTERM after its streams"
const SERVES_AS_TOLD = "it serves, tells its numbers and sends its traces where and as the environment says"
const STARTED = "what a start changes is told: the password, the key and the node of the environment"

export const VARIABLE_PROOFS: readonly ProofRow[] = [
  ["", "PORT", PROCESS, BUSY],
  ["", "HOST TLS_CERT_FILE TLS_KEY_FILE", PROCESS, SERVES_AS_TOLD],
  ["", "CONTROL_PORT", of("process"), `${BUSY}; what only a first start tells is not lost with it`],
  ["", "CONTROL_HOST", of("auth"), "a listener for others does not start with %j"],
  ["", "PANEL_URL", of("process"), "under a supervisor it tells where the panel is, and ends cleanly on SIGTERM"],
  ["", "BEHIND_TLS", of("auth"), "the cookie is __Host- and Secure"],
  [
    "",
    "READ_ONLY",
    of("read-only"),
    "under READ_ONLY no mutation of a session changes anything, not even its own password",
  ],
  ["", "CLEAR_TEXT", of("link"), "a link from another host, with %j"],
  [
    "",
    "GRAPHQL_DEVELOPMENT",
    of("guards"),
    "the schema and any document are for development alone, whatever NODE_ENV says (%s)",
  ],
  ["", "TRUSTED_PROXIES", of("auth"), "guessing from many addresses"],
  ["", "ADMIN_PASSWORD", of("auth"), "ends when ADMIN_PASSWORD is another at the next start; with the same it goes on"],
  [
    "",
    "ADMIN_TOKEN",
    of("auth"),
    "wrong admin tokens are guessed at slowly too, and one that was made here is never slowed down",
  ],
  ["", "AUDIT_RETENTION_DAYS", of("audit"), "is forgotten after the days that are set, while the rest stays proved"],
  [
    "",
    "BACKUP_INTERVAL_HOURS BACKUP_KEEP BACKUP_FOLDER",
    of("back-up"),
    "are made when they are due, whole and under the master key, the newest few kept, and told of",
  ],
  ["", "API_KEY", of("auth"), "is API_KEY when set, none when neither is, and cannot be removed here"],
  [
    "",
    "MAX_CONCURRENT_PER_MODEL POOL_WAIT_MS",
    SETTINGS,
    "POOL_WAIT_MS, for a slot that MAX_CONCURRENT_PER_MODEL leaves",
  ],
  [
    "",
    "MAX_CONCURRENT_PER_ACCOUNT",
    SETTINGS,
    "loses neither what runs, nor who waits, nor where a conversation lives",
  ],
  ["", "POOL_STRATEGY", SETTINGS, "changes for one group of models at once, and for no other"],
  ["", "POOL_COOLING_WAIT_MS", SETTINGS, "POOL_COOLING_WAIT_MS, while all accounts rest"],
  ["", "MAX_ATTEMPTS", SETTINGS, "MAX_ATTEMPTS is how often one request is sent"],
  ["", "ATTEMPT_BUDGET_MS", SETTINGS, "ATTEMPT_BUDGET_MS is how long it is tried again"],
  [
    "",
    "POOL_PAUSE_ON_WALLS",
    SETTINGS,
    "POOL_PAUSE_ON_WALLS: two accounts that meet one pause no pool where it is off",
  ],
  [
    "",
    "QUOTA_HISTORY_DAYS",
    of("quota-history"),
    "a history is thinned by the first reading of a day, and forgotten when QUOTA_HISTORY_DAYS are over",
  ],
  ["", "FIRST_BYTE_TIMEOUT_MS STREAM_IDLE_TIMEOUT_MS", SETTINGS, SILENT],
  ["", "THINKING_BUDGETS", SETTINGS, "THINKING_BUDGETS"],
  ["", "ATTRIBUTION_BLOCK", SETTINGS, "ATTRIBUTION_BLOCK"],
  ["", "FETCH_REMOTE_MEDIA", SETTINGS, "FETCH_REMOTE_MEDIA"],
  [
    "",
    "DATA_DIR",
    of("backup"),
    "what was there at the backup is there after the restore, newer than all that was said since",
  ],
  ["", "DATABASE_URL", of("postgresql"), "a second control plane on the same database starts, and reads the same"],
  [
    "",
    "REQUEST_RETENTION_DAYS",
    RETENTION,
    "requests are forgotten after REQUEST_RETENTION_DAYS, with what is known of their earlier attempts",
  ],
  [
    "",
    "CAPTURE_RETENTION_HOURS CAPTURE_MAX_MIB",
    of("captures"),
    "bodies are erased with their time, with their key, with their requests, by hand, and for want of room",
  ],
  ["", "REQUEST_RETENTION_COUNT", RETENTION, "of more than REQUEST_RETENTION_COUNT requests the oldest are forgotten"],
  ["", "USAGE_MINUTE_DAYS USAGE_HOUR_DAYS USAGE_DAY_DAYS", RETENTION, USAGE_DAYS],
  [
    "",
    "MASTER_KEY",
    of("backup"),
    "a damaged, cut or foreign file, and one of another key, are refused before anything is touched",
  ],
  [
    "",
    "MASTER_KEY_FILE",
    of("data-keys"),
    "a running control plane takes the new data key and the new master key, and goes on",
  ],
  ["", "CONTROL_URL LINK_TOKEN", PROCESS, SERVES],
  ["", "NODE_NAME", of("audit"), STARTED],
  [
    "",
    "VALKEY_URL",
    "data-plane/test/sharing.test.ts",
    "what was begun at one goes on at the others, at its account and with its signatures, as VALKEY_URL says",
  ],
  [
    "",
    "OUTBOUND_PROXY UPSTREAM_CA_FILE",
    of("outbound"),
    "each call goes through OUTBOUND_PROXY, and UPSTREAM_CA_FILE is trusted",
  ],
  ["", "ANTIGRAVITY_BASE_URLS", SETTINGS, "ANTIGRAVITY_BASE_URLS is where it goes"],
  ["", "ANTIGRAVITY_USER_AGENT", SETTINGS, "ANTIGRAVITY_USER_AGENT"],
  ["", "DEFAULT_MODEL", SETTINGS, "DEFAULT_MODEL"],
  [
    "",
    "GOOGLE_OAUTH_CLIENT_ID GOOGLE_OAUTH_CLIENT_SECRET",
    of("oauth-client"),
    "is the environment's, that which was set, and the environment's again",
  ],
  [
    "",
    "GOOGLE_OAUTH_AUTH_URL GOOGLE_OAUTH_TOKEN_URL GOOGLE_USERINFO_URL",
    of("outbound"),
    "the provider's pages and tokens are where the environment says",
  ],
  ["", "LOG_LEVEL", PROCESS, "killed and started again without a control plane it serves from disk"],
  [
    "",
    "LOG_FORMAT",
    of("process"),
    "alone it prints the address, and the password on the first start only; its log is as LOG_FORMAT says",
  ],
  ["", "METRICS_PORT METRICS_HOST OTEL_EXPORTER_OTLP_ENDPOINT OTEL_EXPORTER_OTLP_HEADERS", PROCESS, SERVES_AS_TOLD],
  [
    "",
    "CONTROL_METRICS_PORT",
    of("metrics"),
    "nothing in it names a person, an account or a key, and it is nowhere unless asked for",
  ],
  ["", "ALERT_WEBHOOK_HOSTS", of("alerts"), "is only made for a host that is allowed, and only called while it is"],
]
