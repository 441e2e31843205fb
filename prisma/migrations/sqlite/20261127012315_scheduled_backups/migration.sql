-- AlterTable
ALTER TABLE "AdminToken" ADD COLUMN "madeWith" TEXT;

-- CreateTable
CREATE TABLE "ScheduledBackup" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "succeededAt" DATETIME,
    "file" TEXT,
    "bytes" BIGINT,
    "failedAt" DATETIME,
    "failure" TEXT
);
