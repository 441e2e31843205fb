-- AlterTable
ALTER TABLE "ApiKey" ADD COLUMN "tokensPerDay" BIGINT;
ALTER TABLE "ApiKey" ADD COLUMN "usedDay" TEXT;
ALTER TABLE "ApiKey" ADD COLUMN "usedTokens" BIGINT;
