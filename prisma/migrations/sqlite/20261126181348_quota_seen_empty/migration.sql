-- AlterTable
ALTER TABLE "QuotaReading" ADD COLUMN "emptyAt" DATETIME;
