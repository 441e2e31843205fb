-- AlterTable
ALTER TABLE "Account" ADD COLUMN "catalogueAskedAt" DATETIME;

-- AlterTable
ALTER TABLE "RequestRecord" ADD COLUMN "conversation" TEXT;
