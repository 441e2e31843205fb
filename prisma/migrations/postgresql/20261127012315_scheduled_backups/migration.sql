-- AlterEnum
-- As a type of its own: a value that is added to a type cannot be used in the same transaction, and a restore is one.
CREATE TYPE "AlertKind_new" AS ENUM ('ACCOUNT_ATTENTION', 'POOL_QUOTA', 'POOL_ACCOUNTS', 'POOL_PAUSED', 'ERROR_RATE', 'NODE_STALE', 'KEY_BUDGET', 'WEBHOOK_FAILING', 'BACKUP_FAILING');
ALTER TABLE "AlertRule" ALTER COLUMN "kind" TYPE "AlertKind_new" USING ("kind"::text::"AlertKind_new");
ALTER TABLE "Alert" ALTER COLUMN "kind" TYPE "AlertKind_new" USING ("kind"::text::"AlertKind_new");
DROP TYPE "AlertKind";
ALTER TYPE "AlertKind_new" RENAME TO "AlertKind";

-- AlterTable
ALTER TABLE "AdminToken" ADD COLUMN     "madeWith" TEXT;

-- CreateTable
CREATE TABLE "ScheduledBackup" (
    "id" INTEGER NOT NULL,
    "succeededAt" TIMESTAMP(3),
    "file" TEXT,
    "bytes" BIGINT,
    "failedAt" TIMESTAMP(3),
    "failure" TEXT,

    CONSTRAINT "ScheduledBackup_pkey" PRIMARY KEY ("id")
);
