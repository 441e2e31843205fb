-- AlterEnum
ALTER TYPE "AlertKind" ADD VALUE 'BACKUP_FAILING';

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
