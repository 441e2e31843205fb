-- AlterTable
ALTER TABLE "Account" ADD COLUMN     "refusedAt" JSONB;

-- AlterTable
ALTER TABLE "Meta" ADD COLUMN     "poolPauseReason" TEXT,
ADD COLUMN     "poolPausedAt" TIMESTAMP(3),
ADD COLUMN     "poolResumedAt" TIMESTAMP(3),
ADD COLUMN     "poolWalls" JSONB;
