-- AlterTable
ALTER TABLE "RequestRecord" ADD COLUMN "fetchedMs" REAL;
ALTER TABLE "RequestRecord" ADD COLUMN "overheadUs" INTEGER;
ALTER TABLE "RequestRecord" ADD COLUMN "receivedMs" REAL;
ALTER TABLE "RequestRecord" ADD COLUMN "refusal" JSONB;
