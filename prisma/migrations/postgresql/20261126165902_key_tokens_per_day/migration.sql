-- AlterTable
ALTER TABLE "ApiKey" ADD COLUMN     "tokensPerDay" BIGINT,
ADD COLUMN     "usedDay" TEXT,
ADD COLUMN     "usedTokens" BIGINT;
