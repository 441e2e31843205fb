-- DropForeignKey
ALTER TABLE "RequestRecord" DROP CONSTRAINT "RequestRecord_apiKeyId_fkey";

-- DropIndex
DROP INDEX "RequestRecord_apiKeyId_idx";

-- AlterTable
ALTER TABLE "RequestRecord" ADD COLUMN     "accountId" TEXT,
ADD COLUMN     "attemptCount" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "failureClass" TEXT;

-- What older records say of their last attempt
UPDATE "RequestRecord" SET "accountId" = "attempts"->-1->>'accountId', "failureClass" = "attempts"->-1->>'failureClass',
"attemptCount" = jsonb_array_length("attempts");

-- CreateTable
CREATE TABLE "EarlierAttempt" (
    "requestId" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "startedAt" TIMESTAMP(3) NOT NULL,
    "accountId" TEXT NOT NULL,
    "failureClass" TEXT,

    CONSTRAINT "EarlierAttempt_pkey" PRIMARY KEY ("requestId","number")
);

-- CreateTable
CREATE TABLE "UsageSeries" (
    "id" BIGINT NOT NULL,
    "model" TEXT NOT NULL,
    "apiKeyId" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "dialect" TEXT NOT NULL,
    "nodeId" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "errorCode" TEXT NOT NULL,
    "failureClass" TEXT NOT NULL,

    CONSTRAINT "UsageSeries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "UsageRollUp" (
    "stepMinutes" INTEGER NOT NULL,
    "start" INTEGER NOT NULL,
    "seriesId" BIGINT NOT NULL,
    "requests" INTEGER NOT NULL,
    "attempts" INTEGER NOT NULL,
    "retried" INTEGER NOT NULL,
    "usageTold" INTEGER NOT NULL,
    "inputTokens" BIGINT NOT NULL,
    "cachedInputTokens" BIGINT NOT NULL,
    "outputTokens" BIGINT NOT NULL,
    "reasoningTokens" BIGINT NOT NULL,
    "durationMs" DOUBLE PRECISION NOT NULL,
    "contentful" INTEGER NOT NULL,
    "firstContentMs" DOUBLE PRECISION NOT NULL,
    "waited" INTEGER NOT NULL,
    "waitedMs" DOUBLE PRECISION NOT NULL,
    "overheadTold" INTEGER NOT NULL,
    "overheadUs" BIGINT NOT NULL,
    "duration0" INTEGER NOT NULL,
    "duration1" INTEGER NOT NULL,
    "duration2" INTEGER NOT NULL,
    "duration3" INTEGER NOT NULL,
    "duration4" INTEGER NOT NULL,
    "duration5" INTEGER NOT NULL,
    "duration6" INTEGER NOT NULL,
    "duration7" INTEGER NOT NULL,
    "duration8" INTEGER NOT NULL,
    "duration9" INTEGER NOT NULL,
    "duration10" INTEGER NOT NULL,
    "duration11" INTEGER NOT NULL,
    "duration12" INTEGER NOT NULL,
    "duration13" INTEGER NOT NULL,
    "first0" INTEGER NOT NULL,
    "first1" INTEGER NOT NULL,
    "first2" INTEGER NOT NULL,
    "first3" INTEGER NOT NULL,
    "first4" INTEGER NOT NULL,
    "first5" INTEGER NOT NULL,
    "first6" INTEGER NOT NULL,
    "first7" INTEGER NOT NULL,
    "first8" INTEGER NOT NULL,
    "first9" INTEGER NOT NULL,
    "first10" INTEGER NOT NULL,
    "first11" INTEGER NOT NULL,
    "first12" INTEGER NOT NULL,
    "first13" INTEGER NOT NULL,

    CONSTRAINT "UsageRollUp_pkey" PRIMARY KEY ("stepMinutes","start","seriesId")
);

-- And of those before it
INSERT INTO "EarlierAttempt" ("requestId", "number", "startedAt", "accountId", "failureClass")
SELECT r."id", a."place" - 1, r."startedAt", a."value"->>'accountId', a."value"->>'failureClass'
FROM "RequestRecord" r, jsonb_array_elements(r."attempts") WITH ORDINALITY AS a("value", "place")
WHERE a."place" < r."attemptCount" AND a."value"->>'accountId' IS NOT NULL;

-- CreateIndex
CREATE INDEX "EarlierAttempt_accountId_startedAt_idx" ON "EarlierAttempt"("accountId", "startedAt");

-- CreateIndex
CREATE INDEX "EarlierAttempt_failureClass_startedAt_idx" ON "EarlierAttempt"("failureClass", "startedAt") WHERE ("failureClass" IS NOT NULL);

-- CreateIndex
CREATE INDEX "UsageRollUp_seriesId_idx" ON "UsageRollUp"("seriesId");

-- CreateIndex
CREATE INDEX "RequestRecord_apiKeyId_startedAt_idx" ON "RequestRecord"("apiKeyId", "startedAt");

-- CreateIndex
CREATE INDEX "RequestRecord_model_startedAt_idx" ON "RequestRecord"("model", "startedAt");

-- CreateIndex
CREATE INDEX "RequestRecord_requestedModel_startedAt_idx" ON "RequestRecord"("requestedModel", "startedAt");

-- CreateIndex
CREATE INDEX "RequestRecord_dialect_startedAt_idx" ON "RequestRecord"("dialect", "startedAt");

-- CreateIndex
CREATE INDEX "RequestRecord_nodeId_startedAt_idx" ON "RequestRecord"("nodeId", "startedAt");

-- CreateIndex
CREATE INDEX "RequestRecord_accountId_startedAt_idx" ON "RequestRecord"("accountId", "startedAt") WHERE ("accountId" IS NOT NULL);

-- CreateIndex
CREATE INDEX "RequestRecord_conversation_startedAt_idx" ON "RequestRecord"("conversation", "startedAt") WHERE ("conversation" IS NOT NULL);

-- CreateIndex
CREATE INDEX "RequestRecord_errorCode_startedAt_idx" ON "RequestRecord"("errorCode", "startedAt") WHERE ("errorCode" IS NOT NULL);

-- CreateIndex
CREATE INDEX "RequestRecord_failureClass_startedAt_idx" ON "RequestRecord"("failureClass", "startedAt") WHERE ("failureClass" IS NOT NULL);

-- CreateIndex
CREATE INDEX "RequestRecord_outcome_startedAt_idx" ON "RequestRecord"("outcome", "startedAt") WHERE ("outcome" <> 'COMPLETED');

-- CreateIndex
CREATE INDEX "RequestRecord_status_startedAt_idx" ON "RequestRecord"("status", "startedAt") WHERE ("status" <> 200);

-- CreateIndex
CREATE INDEX "RequestRecord_retried_idx" ON "RequestRecord"("startedAt") WHERE ("attemptCount" > 1);

-- CreateIndex
CREATE INDEX "RequestRecord_slow_idx" ON "RequestRecord"("startedAt") WHERE ("durationMs" >= 60000);
