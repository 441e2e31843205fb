/**
 * Fills a migrated database with request records and roll-ups as a busy gateway of a month would leave them: fifty keys, a thousand
 * accounts, a dozen models, a few in a hundred failed, and values that only a handful of rows have. By SQL inside the database, without
 * its indexes, which are made again at the end as they were.
 */
import { createClient } from "@libsql/client"
import pg from "pg"

export const SPAN_MS = 30 * 86_400_000
const CHUNK = 500_000
const TABLES = "('RequestRecord', 'EarlierAttempt', 'UsageRollUp')"
const MODELS = 12
const HOURS = 720
const CLIENT_SERIES = 1_200
const ACCOUNT_SERIES = 5_000

export interface Filling {
  readonly rows: number
  /** When the newest record began. */
  readonly endsAt: number
  readonly say: (line: string) => void
}

/** What the two databases write otherwise. */
interface Words {
  /** 0 to n - 1, another one each time. */
  readonly random: (n: number) => string
  /** The numbers from one to another, as column `i`. */
  readonly numbers: (from: number, to: number) => string
  /** The time of `i`, that many milliseconds after a first. */
  readonly time: (firstMs: number, stepMs: number) => string
  readonly json: string
  readonly outcome: string
  readonly bool: string
}

const SQLITE: Words = {
  random: (n) => `abs(random() % ${n})`,
  numbers: (from, to) =>
    `(WITH RECURSIVE n(i) AS (SELECT ${from} UNION ALL SELECT i + 1 FROM n WHERE i < ${to}) SELECT i FROM n)`,
  time: (firstMs, stepMs) => {
    const ms = `(${firstMs} + i * ${stepMs})`
    return `strftime('%Y-%m-%dT%H:%M:%S', ${ms} / 1000, 'unixepoch') || printf('.%03d+00:00', ${ms} % 1000)`
  },
  json: "",
  outcome: "",
  bool: "1",
}

const POSTGRESQL: Words = {
  random: (n) => `floor(random() * ${n})::int`,
  numbers: (from, to) => `(SELECT i::bigint FROM generate_series(${from}, ${to}) AS g(i))`,
  time: (firstMs, stepMs) => `to_timestamp((${firstMs} + i * ${stepMs}) / 1000.0) AT TIME ZONE 'UTC'`,
  json: "::jsonb",
  outcome: '::"RequestOutcome"',
  bool: "true",
}

/** Values that some filters look for: which are in a few rows only, and which only long ago. */
export const RARE = {
  model: "model-rare",
  apiKeyId: "key_rare",
  accountId: "account_long_ago",
  errorCode: "internal",
  conversation: "c0000000000000000000000000000777",
}

const CENSUS =
  '"census":{"known":1000,"unusable":12,"notOffered":3,"resting":40,"modelOff":2,"candidates":943,"busy":120}'

function insertRecords(words: Words, { rows, endsAt }: Filling, from: number, to: number): string {
  const { random, json } = words
  const step = Math.floor(SPAN_MS / rows)
  const first = endsAt - rows * step
  const isRare = `i % ${Math.floor(rows / 20)} = 7`
  const account = `CASE WHEN i < ${rows / 5} AND i % 50 = 0 THEN '${RARE.accountId}' ELSE 'account_' || ${random(1_000)} END`
  // Each random value is drawn once, in the inner query: the outer one refers to it more than once.
  return `WITH drawn AS MATERIALIZED (SELECT i, ${random(1_000)} AS f, ${random(50)} AS k, ${random(50)} AS l, ${random(MODELS)} AS m,
    ${random(30_000)} + CASE WHEN i % 200 = 0 THEN 60000 ELSE 0 END AS d, ${account} AS a FROM ${words.numbers(from, to)} AS numbers)
  INSERT INTO "RequestRecord" ("id", "nodeId", "startedAt", "apiKeyId", "dialect", "stream", "requestedModel", "model", "outcome", "status",
    "errorCode", "errorMessage", "finishReason", "inputTokens", "cachedInputTokens", "outputTokens", "durationMs", "firstContentMs", "conversation",
    "overheadUs", "attempts", "dropped", "accountId", "failureClass", "attemptCount")
  SELECT ${words === SQLITE ? "'req_' || printf('%026d', i)" : "'req_' || lpad(i::text, 26, '0')"}, 'node_' || (i % 4), ${words.time(first, step)},
    CASE WHEN ${isRare} THEN '${RARE.apiKeyId}' ELSE 'key_' || (k * l / 50) END,
    CASE WHEN m < 5 THEN 'anthropic-messages' WHEN m < 9 THEN 'openai-chat' WHEN i < ${rows / 10} THEN 'openai-completions' ELSE 'gemini' END,
    ${words.bool}, CASE WHEN ${isRare} THEN '${RARE.model}' ELSE 'asked-' || m END, CASE WHEN ${isRare} THEN '${RARE.model}' ELSE 'model-' || m END,
    (CASE WHEN f < 30 THEN 'FAILED' WHEN f < 40 THEN 'CANCELLED' WHEN f < 42 THEN 'TRUNCATED' ELSE 'COMPLETED' END)${words.outcome},
    CASE WHEN f < 20 THEN 429 WHEN f < 30 THEN 503 WHEN f < 40 THEN 499 ELSE 200 END,
    CASE WHEN f < 30 AND ${isRare} THEN '${RARE.errorCode}' WHEN f < 20 THEN 'pool_cooling' WHEN f < 30 THEN 'upstream_overloaded' WHEN f < 40 THEN 'client_cancelled'
      WHEN f < 42 THEN 'upstream_interrupted' END,
    CASE WHEN f < 42 THEN 'The words of failure ' || (i % 1000) || ' of the upstream, as a client has read them.' END,
    'stop', 1000 + d, d, 100 + k, d, d / 3, CASE WHEN ${isRare} THEN '${RARE.conversation}' ELSE ${words === SQLITE ? "'c' || printf('%031d', i / 12)" : "'c' || lpad((i / 12)::text, 31, '0')"} END,
    800 + k,
    ('[{"accountId":"' || a || '","reason":"The one with the fewest requests under way.","askedMs":1.5,"startedMs":2.5,"firstByteMs":812.5,"firstPartMs":900.5,"endedMs":' || d || ',${CENSUS}}]')${json},
    '[]'${json}, a, CASE WHEN f < 20 THEN 'rate_limit' WHEN f < 30 THEN 'model_capacity' END, CASE WHEN f >= 950 THEN 2 ELSE 1 END
  FROM drawn`
}

const INSERT_EARLIER = `INSERT INTO "EarlierAttempt" ("requestId", "number", "startedAt", "accountId", "failureClass")
  SELECT "id", 0, "startedAt", 'account_' || ("overheadUs" % 1000), 'rate_limit' FROM "RequestRecord" WHERE "attemptCount" > 1`

const insertSeries = (
  words: Words,
): string => `INSERT INTO "UsageSeries" ("id", "model", "apiKeyId", "accountId", "dialect", "nodeId", "outcome", "errorCode", "failureClass")
  SELECT i, 'model-' || (i % ${MODELS}), CASE WHEN i < ${CLIENT_SERIES} THEN 'key_' || (i % 50) ELSE '' END,
    CASE WHEN i < ${CLIENT_SERIES} THEN '' ELSE 'account_' || (i % 1000) END, CASE WHEN i < ${CLIENT_SERIES} THEN 'gemini' ELSE '' END,
    CASE WHEN i < ${CLIENT_SERIES} THEN 'node_' || (i % 4) ELSE '' END, CASE WHEN i % 10 = 0 THEN 'FAILED' ELSE 'COMPLETED' END,
    CASE WHEN i % 10 = 0 THEN 'pool_cooling' ELSE '' END, CASE WHEN i % 10 = 0 THEN 'rate_limit' ELSE '' END
  FROM ${words.numbers(0, CLIENT_SERIES + ACCOUNT_SERIES - 1)} AS numbers`

/** The two sides of usage: of clients and, below 0, of accounts. */
function insertRollUps(
  words: Words,
  columns: readonly string[],
  endsAt: number,
  stepMinutes: number,
  steps: number,
): string {
  const last = Math.floor(endsAt / 60_000 / stepMinutes) * stepMinutes
  const values = columns.map((name) =>
    name === "requests" || name === "attempts" ? "3" : name.endsWith("s") ? "1000" : "1",
  )
  return `INSERT INTO "UsageRollUp" ("stepMinutes", "start", "seriesId", ${columns.map((name) => `"${name}"`).join(", ")})
    SELECT CASE WHEN s.i < ${CLIENT_SERIES} THEN ${stepMinutes} ELSE -${stepMinutes} END, ${last} - t.i * ${stepMinutes}, s.i, ${values.join(", ")}
    FROM ${words.numbers(0, steps - 1)} AS t, ${words.numbers(0, CLIENT_SERIES + ACCOUNT_SERIES - 1)} AS s`
}

type Run = (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>

async function fill(
  words: Words,
  filling: Filling,
  columns: readonly string[],
  run: Run,
  remaking: readonly { drop: string; make: string }[],
): Promise<void> {
  const { rows, endsAt, say } = filling
  for (const { drop } of remaking) await run(drop)
  for (let from = 0; from < rows; from += CHUNK) {
    const to = Math.min(rows, from + CHUNK)
    await run(insertRecords(words, filling, from, to - 1))
    say(`${to.toLocaleString("en")} records`)
  }
  await run(INSERT_EARLIER)
  await run(insertSeries(words))
  await run(insertRollUps(words, columns, endsAt, 60, HOURS))
  await run(insertRollUps(words, columns, endsAt, 1_440, HOURS / 24))
  for (const [index, { make }] of remaking.entries()) {
    await run(make)
    say(`index ${index + 1} of ${remaking.length}`)
  }
}

export async function fillSqlite(path: string, filling: Filling, columns: readonly string[]): Promise<void> {
  const client = createClient({ url: `file:${path}` })
  const run: Run = async (sql) => (await client.execute(sql)).rows
  try {
    for (const pragma of ["synchronous = OFF", "cache_size = -500000"]) await run(`PRAGMA ${pragma}`)
    const indexes = await run(
      `SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ${TABLES}`,
    )
    const remaking = indexes.map(({ name, sql }) => ({ drop: `DROP INDEX "${String(name)}"`, make: String(sql) }))
    await fill(SQLITE, filling, columns, run, remaking)
    await run("PRAGMA wal_checkpoint(TRUNCATE)")
  } finally {
    client.close()
  }
}

export async function fillPostgresql(url: string, filling: Filling, columns: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const run: Run = async (sql) => (await client.query<Record<string, unknown>>(sql)).rows
  try {
    await run("SET synchronous_commit = off; SET maintenance_work_mem = '512MB'")
    const indexes = await run(
      `SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename IN ${TABLES} AND indexname NOT LIKE '%_pkey'`,
    )
    const remaking = indexes.map(({ indexname, indexdef }) => ({
      drop: `DROP INDEX "${String(indexname)}"`,
      make: String(indexdef),
    }))
    await fill(POSTGRESQL, filling, columns, run, remaking)
    await run("VACUUM ANALYZE")
  } finally {
    await client.end()
  }
}
