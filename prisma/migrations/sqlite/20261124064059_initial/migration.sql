-- CreateTable
CREATE TABLE "Account" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "kind" TEXT NOT NULL,
    "label" TEXT NOT NULL,
    "email" TEXT,
    "state" TEXT NOT NULL DEFAULT 'ONBOARDING',
    "stateReason" TEXT,
    "stateSince" DATETIME NOT NULL,
    "wayOut" TEXT,
    "wayOutLink" TEXT,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "tier" TEXT,
    "projectId" TEXT,
    "projectIsGiven" BOOLEAN NOT NULL DEFAULT false,
    "weight" INTEGER NOT NULL DEFAULT 1,
    "priority" INTEGER NOT NULL DEFAULT 0,
    "tags" JSONB NOT NULL,
    "termsAcknowledgedAt" DATETIME,
    "onboardingPending" BOOLEAN NOT NULL DEFAULT true,
    "onboardingFailures" INTEGER NOT NULL DEFAULT 0,
    "onboardingDueAt" DATETIME,
    "catalogueId" TEXT,
    "catalogueReadAt" DATETIME,
    "requestCount" INTEGER NOT NULL DEFAULT 0,
    "lastUsedAt" DATETIME,
    "createdAt" DATETIME NOT NULL,
    CONSTRAINT "Account_catalogueId_fkey" FOREIGN KEY ("catalogueId") REFERENCES "Catalogue" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Credential" (
    "accountId" TEXT NOT NULL PRIMARY KEY,
    "sealedRefreshToken" TEXT,
    "sealedAccessToken" TEXT,
    "accessTokenIssuedAt" DATETIME,
    "accessTokenExpiresAt" DATETIME,
    "generation" INTEGER NOT NULL DEFAULT 0,
    "refreshGeneration" INTEGER NOT NULL DEFAULT 0,
    "renewalDueAt" DATETIME,
    "renewalFailures" INTEGER NOT NULL DEFAULT 0,
    "invalidGrantAt" DATETIME,
    CONSTRAINT "Credential_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Catalogue" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "body" JSONB NOT NULL,
    "createdAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "ApiKey" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "prefix" TEXT,
    "origin" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "lineage" TEXT NOT NULL,
    "mayExplain" BOOLEAN NOT NULL DEFAULT true,
    "expiresAt" DATETIME,
    "lastUsedAt" DATETIME,
    "requestCount" INTEGER NOT NULL DEFAULT 0,
    "createdAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "AdminToken" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "tokenHash" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "lastUsedAt" DATETIME
);

-- CreateTable
CREATE TABLE "AdminUser" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "scope" TEXT NOT NULL DEFAULT 'ADMIN',
    "passwordHash" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "Session" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "userId" TEXT NOT NULL,
    "tokenHash" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "lastSeenAt" DATETIME NOT NULL,
    "expiresAt" DATETIME NOT NULL,
    CONSTRAINT "Session_userId_fkey" FOREIGN KEY ("userId") REFERENCES "AdminUser" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "SignInFailure" (
    "key" TEXT NOT NULL PRIMARY KEY,
    "failures" INTEGER NOT NULL,
    "lastFailureAt" DATETIME NOT NULL,
    "blockedUntil" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "Node" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "origin" TEXT NOT NULL,
    "linkTokenHash" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "version" TEXT,
    "startedAt" DATETIME,
    "lastSeenAt" DATETIME,
    "snapshotEpoch" INTEGER,
    "snapshotVersion" BIGINT,
    "refusal" TEXT,
    "refusedVersion" BIGINT
);

-- CreateTable
CREATE TABLE "Setting" (
    "key" TEXT NOT NULL PRIMARY KEY,
    "value" JSONB NOT NULL,
    "updatedAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "RequestRecord" (
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
    "attempts" JSONB NOT NULL,
    "dropped" JSONB NOT NULL,
    CONSTRAINT "RequestRecord_apiKeyId_fkey" FOREIGN KEY ("apiKeyId") REFERENCES "ApiKey" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Meta" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT DEFAULT 1,
    "snapshotEpoch" INTEGER NOT NULL DEFAULT 1,
    "snapshotVersion" BIGINT NOT NULL DEFAULT 0,
    "snapshotContentHash" TEXT NOT NULL DEFAULT '',
    "snapshotIssuedAt" DATETIME NOT NULL,
    "sealedCanary" TEXT NOT NULL,
    "sealedApiKeyPepper" TEXT NOT NULL
);

-- CreateIndex
CREATE INDEX "Account_createdAt_id_idx" ON "Account"("createdAt", "id");

-- CreateIndex
CREATE INDEX "Account_onboardingPending_idx" ON "Account"("onboardingPending");

-- CreateIndex
CREATE INDEX "Account_catalogueId_idx" ON "Account"("catalogueId");

-- CreateIndex
CREATE UNIQUE INDEX "Account_kind_email_key" ON "Account"("kind", "email");

-- CreateIndex
CREATE INDEX "Credential_renewalDueAt_idx" ON "Credential"("renewalDueAt");

-- CreateIndex
CREATE UNIQUE INDEX "ApiKey_digest_key" ON "ApiKey"("digest");

-- CreateIndex
CREATE INDEX "ApiKey_createdAt_id_idx" ON "ApiKey"("createdAt", "id");

-- CreateIndex
CREATE UNIQUE INDEX "AdminToken_tokenHash_key" ON "AdminToken"("tokenHash");

-- CreateIndex
CREATE UNIQUE INDEX "AdminUser_name_key" ON "AdminUser"("name");

-- CreateIndex
CREATE UNIQUE INDEX "Session_tokenHash_key" ON "Session"("tokenHash");

-- CreateIndex
CREATE INDEX "Session_userId_idx" ON "Session"("userId");

-- CreateIndex
CREATE UNIQUE INDEX "Node_name_key" ON "Node"("name");

-- CreateIndex
CREATE UNIQUE INDEX "Node_linkTokenHash_key" ON "Node"("linkTokenHash");

-- CreateIndex
CREATE INDEX "RequestRecord_startedAt_id_idx" ON "RequestRecord"("startedAt", "id");

-- CreateIndex
CREATE INDEX "RequestRecord_apiKeyId_idx" ON "RequestRecord"("apiKeyId");
