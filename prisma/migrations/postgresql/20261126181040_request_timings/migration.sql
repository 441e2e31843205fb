-- AlterTable
ALTER TABLE "RequestRecord" ADD COLUMN     "fetchedMs" DOUBLE PRECISION,
ADD COLUMN     "overheadUs" INTEGER,
ADD COLUMN     "receivedMs" DOUBLE PRECISION,
ADD COLUMN     "refusal" JSONB;
