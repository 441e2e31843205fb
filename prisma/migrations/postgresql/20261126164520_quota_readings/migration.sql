-- AlterTable
ALTER TABLE "Account" ADD COLUMN     "quotaAskedAt" TIMESTAMP(3),
ADD COLUMN     "quotaDueAt" TIMESTAMP(3);

-- CreateTable
CREATE TABLE "QuotaReading" (
    "accountId" TEXT NOT NULL,
    "bucket" TEXT NOT NULL,
    "window" TEXT NOT NULL,
    "remainingFraction" DOUBLE PRECISION NOT NULL,
    "resetsAt" TIMESTAMP(3),
    "source" TEXT NOT NULL,
    "readAt" TIMESTAMP(3) NOT NULL,
    "toldFraction" DOUBLE PRECISION NOT NULL,
    "toldResetsAt" TIMESTAMP(3),
    "toldReadAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "QuotaReading_pkey" PRIMARY KEY ("accountId","bucket","window")
);

-- CreateIndex
CREATE INDEX "Account_quotaDueAt_idx" ON "Account"("quotaDueAt");

-- AddForeignKey
ALTER TABLE "QuotaReading" ADD CONSTRAINT "QuotaReading_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account"("id") ON DELETE CASCADE ON UPDATE CASCADE;
