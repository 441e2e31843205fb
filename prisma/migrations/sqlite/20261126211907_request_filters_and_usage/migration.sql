-- CreateTable
CREATE TABLE "EarlierAttempt" (
    "requestId" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "startedAt" DATETIME NOT NULL,
    "accountId" TEXT NOT NULL,
    "failureClass" TEXT,

    PRIMARY KEY ("requestId", "number")
);

-- CreateTable
CREATE TABLE "UsageSeries" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "model" TEXT NOT NULL,
    "apiKeyId" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "dialect" TEXT NOT NULL,
    "nodeId" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "errorCode" TEXT NOT NULL,
    "failureClass" TEXT NOT NULL
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
    "durationMs" REAL NOT NULL,
    "contentful" INTEGER NOT NULL,
    "firstContentMs" REAL NOT NULL,
    "waited" INTEGER NOT NULL,
    "waitedMs" REAL NOT NULL,
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

    PRIMARY KEY ("stepMinutes", "start", "seriesId")
);

-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_RequestRecord" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "nodeId" TEXT,
    "startedAt" DATETIME NOT NULL,
    "apiKeyId" TEXT,
    "dialect" TEXT NOT NULL,
    "stream" BOOLEAN NOT NULL,
    "requestedModel" TEXT,
    "model" TEXT,
    "outcome" TEXT NOT NULL,
    "status" INTEGER NOT NULL,
    "errorCode" TEXT,
    "errorMessage" TEXT,
    "finishReason" TEXT,
    "inputTokens" BIGINT,
    "cachedInputTokens" BIGINT,
    "outputTokens" BIGINT,
    "reasoningTokens" BIGINT,
    "durationMs" REAL NOT NULL,
    "firstContentMs" REAL,
    "conversation" TEXT,
    "receivedMs" REAL,
    "fetchedMs" REAL,
    "overheadUs" INTEGER,
    "refusal" JSONB,
    "attempts" JSONB NOT NULL,
    "dropped" JSONB NOT NULL,
    "schemaReport" JSONB,
    "accountId" TEXT,
    "failureClass" TEXT,
    "attemptCount" INTEGER NOT NULL DEFAULT 0
);
INSERT INTO "new_RequestRecord" ("apiKeyId", "attempts", "cachedInputTokens", "conversation", "dialect", "dropped", "durationMs", "errorCode", "errorMessage", "fetchedMs", "finishReason", "firstContentMs", "id", "inputTokens", "model", "nodeId", "outcome", "outputTokens", "overheadUs", "reasoningTokens", "receivedMs", "refusal", "requestedModel", "schemaReport", "startedAt", "status", "stream", "accountId", "failureClass", "attemptCount") SELECT "apiKeyId", "attempts", "cachedInputTokens", "conversation", "dialect", "dropped", "durationMs", "errorCode", "errorMessage", "fetchedMs", "finishReason", "firstContentMs", "id", "inputTokens", "model", "nodeId", "outcome", "outputTokens", "overheadUs", "reasoningTokens", "receivedMs", "refusal", "requestedModel", "schemaReport", "startedAt", "status", "stream", json_extract("attempts", '$[#-1].accountId'), json_extract("attempts", '$[#-1].failureClass'), json_array_length("attempts") FROM "RequestRecord";
DROP TABLE "RequestRecord";
ALTER TABLE "new_RequestRecord" RENAME TO "RequestRecord";
CREATE INDEX "RequestRecord_startedAt_id_idx" ON "RequestRecord"("startedAt", "id");
CREATE INDEX "RequestRecord_apiKeyId_startedAt_idx" ON "RequestRecord"("apiKeyId", "startedAt");
CREATE INDEX "RequestRecord_model_startedAt_idx" ON "RequestRecord"("model", "startedAt");
CREATE INDEX "RequestRecord_requestedModel_startedAt_idx" ON "RequestRecord"("requestedModel", "startedAt");
CREATE INDEX "RequestRecord_dialect_startedAt_idx" ON "RequestRecord"("dialect", "startedAt");
CREATE INDEX "RequestRecord_nodeId_startedAt_idx" ON "RequestRecord"("nodeId", "startedAt");
CREATE INDEX "RequestRecord_accountId_startedAt_idx" ON "RequestRecord"("accountId", "startedAt") WHERE "accountId" IS NOT NULL;
CREATE INDEX "RequestRecord_conversation_startedAt_idx" ON "RequestRecord"("conversation", "startedAt") WHERE "conversation" IS NOT NULL;
CREATE INDEX "RequestRecord_errorCode_startedAt_idx" ON "RequestRecord"("errorCode", "startedAt") WHERE "errorCode" IS NOT NULL;
CREATE INDEX "RequestRecord_failureClass_startedAt_idx" ON "RequestRecord"("failureClass", "startedAt") WHERE "failureClass" IS NOT NULL;
CREATE INDEX "RequestRecord_outcome_startedAt_idx" ON "RequestRecord"("outcome", "startedAt") WHERE "outcome" <> 'COMPLETED';
CREATE INDEX "RequestRecord_status_startedAt_idx" ON "RequestRecord"("status", "startedAt") WHERE "status" <> 200;
CREATE INDEX "RequestRecord_retried_idx" ON "RequestRecord"("startedAt") WHERE "attemptCount" > 1;
CREATE INDEX "RequestRecord_slow_idx" ON "RequestRecord"("startedAt") WHERE "durationMs" >= 60000;
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;

-- CreateIndex
CREATE INDEX "EarlierAttempt_accountId_startedAt_idx" ON "EarlierAttempt"("accountId", "startedAt");

-- CreateIndex
CREATE INDEX "EarlierAttempt_failureClass_startedAt_idx" ON "EarlierAttempt"("failureClass", "startedAt") WHERE "failureClass" IS NOT NULL;

-- CreateIndex
CREATE INDEX "UsageRollUp_seriesId_idx" ON "UsageRollUp"("seriesId");

-- What older records say of the attempts before their last
INSERT INTO "EarlierAttempt" ("requestId", "number", "startedAt", "accountId", "failureClass")
SELECT r."id", a."key", r."startedAt", json_extract(a."value", '$.accountId'), json_extract(a."value", '$.failureClass')
FROM "RequestRecord" r, json_each(r."attempts") a
WHERE a."key" < r."attemptCount" - 1 AND json_extract(a."value", '$.accountId') IS NOT NULL;
