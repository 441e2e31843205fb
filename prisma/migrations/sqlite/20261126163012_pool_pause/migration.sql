-- AlterTable
ALTER TABLE "Account" ADD COLUMN "refusedAt" JSONB;

-- AlterTable
ALTER TABLE "Meta" ADD COLUMN "poolPauseReason" TEXT;
ALTER TABLE "Meta" ADD COLUMN "poolPausedAt" DATETIME;
ALTER TABLE "Meta" ADD COLUMN "poolResumedAt" DATETIME;
ALTER TABLE "Meta" ADD COLUMN "poolWalls" JSONB;
