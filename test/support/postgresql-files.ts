/** The files of tests that the project `postgresql` leaves out, each with its reason. Every other file of control planes runs on both. */
const NO_DATABASE = "nothing of it has a database"
const BOTH = "asks both databases, or PostgreSQL alone, in every run"

export const NOT_ON_POSTGRESQL: Readonly<Record<string, string>> = {
  "control-plane/test/backup-postgresql.test.ts": BOTH,
  "control-plane/test/migrate.test.ts": BOTH,
  "control-plane/test/postgresql.test.ts": BOTH,
  "control-plane/test/request-filter.test.ts": BOTH,
  "control-plane/test/usage.test.ts": BOTH,
  "test/system/two-control-planes.test.ts": BOTH,
  "control-plane/test/streams.test.ts": NO_DATABASE,
  "test/integration/demo-story.test.ts": NO_DATABASE,
  "test/integration/demo-traffic.test.ts": NO_DATABASE,
  "test/integration/knobs.test.ts": NO_DATABASE,
  "test/integration/refusals.test.ts": NO_DATABASE,
  "test/integration/supervisor.test.ts": "stand-ins take the place of both planes",
  "control-plane/test/backup.test.ts":
    "is about the file that a restore replaces; PostgreSQL has backup-postgresql.test.ts",
  "control-plane/test/open.test.ts": "is about SQLite's pragmas, its one connection and its busy time",
  "control-plane/test/statements.test.ts":
    "counts what SQLite's driver is given; Prisma makes as many statements for PostgreSQL",
  "test/system/kills-during-writes.test.ts":
    "looks into the file of SQLite between its kills; see two-control-planes.test.ts",
  "test/system/disk-full.test.ts": "fills the disk that the file of SQLite lies on",
  "test/system/package.test.ts": "is about what a newcomer installs, with nothing configured",
  "test/system/commands.test.ts": "is about what a newcomer types, with nothing configured",
}
