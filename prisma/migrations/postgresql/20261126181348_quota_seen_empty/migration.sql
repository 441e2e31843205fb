-- AlterTable
ALTER TABLE "QuotaReading" ADD COLUMN     "emptyAt" TIMESTAMP(3);
