-- AlterTable
ALTER TABLE "QuotaReading" ADD COLUMN     "usedTokens" BIGINT;

-- CreateTable
CREATE TABLE "QuotaPoint" (
    "accountId" TEXT NOT NULL,
    "bucket" TEXT NOT NULL,
    "window" TEXT NOT NULL,
    "readAt" TIMESTAMP(3) NOT NULL,
    "remainingFraction" DOUBLE PRECISION NOT NULL,
    "resetsAt" TIMESTAMP(3),
    "source" TEXT NOT NULL,
    "usedTokens" BIGINT,

    CONSTRAINT "QuotaPoint_pkey" PRIMARY KEY ("accountId","bucket","window","readAt")
);

-- CreateTable
CREATE TABLE "QuotaPoolPoint" (
    "bucket" TEXT NOT NULL,
    "window" TEXT NOT NULL,
    "at" TIMESTAMP(3) NOT NULL,
    "remaining" DOUBLE PRECISION NOT NULL,
    "accountsKnown" INTEGER NOT NULL,
    "accountsUnknown" INTEGER NOT NULL,

    CONSTRAINT "QuotaPoolPoint_pkey" PRIMARY KEY ("bucket","window","at")
);

-- CreateIndex
CREATE INDEX "QuotaPoint_bucket_window_readAt_idx" ON "QuotaPoint"("bucket", "window", "readAt");

-- AddForeignKey
ALTER TABLE "QuotaPoint" ADD CONSTRAINT "QuotaPoint_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account"("id") ON DELETE CASCADE ON UPDATE CASCADE;
