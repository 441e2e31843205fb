-- AlterTable
ALTER TABLE "ApiKey" ADD COLUMN     "addresses" JSONB,
ADD COLUMN     "dayRequests" INTEGER,
ADD COLUMN     "dialects" JSONB,
ADD COLUMN     "disabledAt" TIMESTAMP(3),
ADD COLUMN     "models" JSONB,
ADD COLUMN     "monthRequests" INTEGER,
ADD COLUMN     "monthTokens" BIGINT,
ADD COLUMN     "note" TEXT,
ADD COLUMN     "requestsPerMinute" INTEGER,
ADD COLUMN     "tags" JSONB,
ADD COLUMN     "tokensPerMinute" BIGINT,
ADD COLUMN     "tokensPerMonth" BIGINT,
ADD COLUMN     "usedMonth" TEXT;

-- CreateTable
CREATE TABLE "ReplacedKey" (
    "digest" TEXT NOT NULL,
    "apiKeyId" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "worksUntil" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "ReplacedKey_pkey" PRIMARY KEY ("digest")
);

-- CreateIndex
CREATE INDEX "ReplacedKey_apiKeyId_idx" ON "ReplacedKey"("apiKeyId");

-- CreateIndex
CREATE INDEX "ReplacedKey_worksUntil_idx" ON "ReplacedKey"("worksUntil");

-- AddForeignKey
ALTER TABLE "ReplacedKey" ADD CONSTRAINT "ReplacedKey_apiKeyId_fkey" FOREIGN KEY ("apiKeyId") REFERENCES "ApiKey"("id") ON DELETE CASCADE ON UPDATE CASCADE;
