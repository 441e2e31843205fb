-- AlterTable
ALTER TABLE "Account" ADD COLUMN "quotaAskedAt" DATETIME;
ALTER TABLE "Account" ADD COLUMN "quotaDueAt" DATETIME;

-- CreateTable
CREATE TABLE "QuotaReading" (
    "accountId" TEXT NOT NULL,
    "bucket" TEXT NOT NULL,
    "window" TEXT NOT NULL,
    "remainingFraction" REAL NOT NULL,
    "resetsAt" DATETIME,
    "source" TEXT NOT NULL,
    "readAt" DATETIME NOT NULL,
    "toldFraction" REAL NOT NULL,
    "toldResetsAt" DATETIME,
    "toldReadAt" DATETIME NOT NULL,

    PRIMARY KEY ("accountId", "bucket", "window"),
    CONSTRAINT "QuotaReading_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE INDEX "Account_quotaDueAt_idx" ON "Account"("quotaDueAt");
