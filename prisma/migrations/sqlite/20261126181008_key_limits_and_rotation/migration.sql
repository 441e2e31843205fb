-- AlterTable
ALTER TABLE "ApiKey" ADD COLUMN "addresses" JSONB;
ALTER TABLE "ApiKey" ADD COLUMN "dayRequests" INTEGER;
ALTER TABLE "ApiKey" ADD COLUMN "dialects" JSONB;
ALTER TABLE "ApiKey" ADD COLUMN "disabledAt" DATETIME;
ALTER TABLE "ApiKey" ADD COLUMN "models" JSONB;
ALTER TABLE "ApiKey" ADD COLUMN "monthRequests" INTEGER;
ALTER TABLE "ApiKey" ADD COLUMN "monthTokens" BIGINT;
ALTER TABLE "ApiKey" ADD COLUMN "note" TEXT;
ALTER TABLE "ApiKey" ADD COLUMN "requestsPerMinute" INTEGER;
ALTER TABLE "ApiKey" ADD COLUMN "tags" JSONB;
ALTER TABLE "ApiKey" ADD COLUMN "tokensPerMinute" BIGINT;
ALTER TABLE "ApiKey" ADD COLUMN "tokensPerMonth" BIGINT;
ALTER TABLE "ApiKey" ADD COLUMN "usedMonth" TEXT;

-- CreateTable
CREATE TABLE "ReplacedKey" (
    "digest" TEXT NOT NULL PRIMARY KEY,
    "apiKeyId" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "worksUntil" DATETIME NOT NULL,
    CONSTRAINT "ReplacedKey_apiKeyId_fkey" FOREIGN KEY ("apiKeyId") REFERENCES "ApiKey" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE INDEX "ReplacedKey_apiKeyId_idx" ON "ReplacedKey"("apiKeyId");

-- CreateIndex
CREATE INDEX "ReplacedKey_worksUntil_idx" ON "ReplacedKey"("worksUntil");
