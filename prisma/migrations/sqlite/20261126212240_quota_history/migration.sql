-- AlterTable
ALTER TABLE "QuotaReading" ADD COLUMN "usedTokens" BIGINT;

-- CreateTable
CREATE TABLE "QuotaPoint" (
    "accountId" TEXT NOT NULL,
    "bucket" TEXT NOT NULL,
    "window" TEXT NOT NULL,
    "readAt" DATETIME NOT NULL,
    "remainingFraction" REAL NOT NULL,
    "resetsAt" DATETIME,
    "source" TEXT NOT NULL,
    "usedTokens" BIGINT,

    PRIMARY KEY ("accountId", "bucket", "window", "readAt"),
    CONSTRAINT "QuotaPoint_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "QuotaPoolPoint" (
    "bucket" TEXT NOT NULL,
    "window" TEXT NOT NULL,
    "at" DATETIME NOT NULL,
    "remaining" REAL NOT NULL,
    "accountsKnown" INTEGER NOT NULL,
    "accountsUnknown" INTEGER NOT NULL,

    PRIMARY KEY ("bucket", "window", "at")
);

-- CreateIndex
CREATE INDEX "QuotaPoint_bucket_window_readAt_idx" ON "QuotaPoint"("bucket", "window", "readAt");
