-- CreateEnum
CREATE TYPE "AccountKind" AS ENUM ('ANTIGRAVITY', 'GEMINI_API', 'ANTHROPIC_API', 'OPENAI_COMPATIBLE');

-- CreateEnum
CREATE TYPE "AccountState" AS ENUM ('ONBOARDING', 'READY', 'COOLING', 'NEEDS_LOGIN', 'NEEDS_VERIFICATION', 'NEEDS_PROJECT', 'DISABLED_BY_PROVIDER', 'DISABLED', 'PAUSED');

-- CreateEnum
CREATE TYPE "AdminScope" AS ENUM ('READ', 'OPERATE', 'ADMIN');

-- CreateEnum
CREATE TYPE "Origin" AS ENUM ('ENVIRONMENT', 'CREATED');

-- CreateEnum
CREATE TYPE "RequestOutcome" AS ENUM ('COMPLETED', 'FAILED', 'CANCELLED', 'TRUNCATED');

-- CreateTable
CREATE TABLE "Account" (
    "id" TEXT NOT NULL,
    "kind" "AccountKind" NOT NULL,
    "label" TEXT NOT NULL,
    "email" TEXT,
    "state" "AccountState" NOT NULL DEFAULT 'ONBOARDING',
    "stateReason" TEXT,
    "stateSince" TIMESTAMP(3) NOT NULL,
    "wayOut" TEXT,
    "wayOutLink" TEXT,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "tier" TEXT,
    "projectId" TEXT,
    "projectIsGiven" BOOLEAN NOT NULL DEFAULT false,
    "weight" INTEGER NOT NULL DEFAULT 1,
    "priority" INTEGER NOT NULL DEFAULT 0,
    "tags" JSONB NOT NULL,
    "termsAcknowledgedAt" TIMESTAMP(3),
    "onboardingPending" BOOLEAN NOT NULL DEFAULT true,
    "onboardingFailures" INTEGER NOT NULL DEFAULT 0,
    "onboardingDueAt" TIMESTAMP(3),
    "catalogueId" TEXT,
    "catalogueReadAt" TIMESTAMP(3),
    "requestCount" INTEGER NOT NULL DEFAULT 0,
    "lastUsedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Credential" (
    "accountId" TEXT NOT NULL,
    "sealedRefreshToken" TEXT,
    "sealedAccessToken" TEXT,
    "accessTokenIssuedAt" TIMESTAMP(3),
    "accessTokenExpiresAt" TIMESTAMP(3),
    "generation" INTEGER NOT NULL DEFAULT 0,
    "refreshGeneration" INTEGER NOT NULL DEFAULT 0,
    "renewalDueAt" TIMESTAMP(3),
    "renewalFailures" INTEGER NOT NULL DEFAULT 0,
    "invalidGrantAt" TIMESTAMP(3),

    CONSTRAINT "Credential_pkey" PRIMARY KEY ("accountId")
);

-- CreateTable
CREATE TABLE "Catalogue" (
    "id" TEXT NOT NULL,
    "body" JSONB NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Catalogue_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ApiKey" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "prefix" TEXT,
    "origin" "Origin" NOT NULL,
    "digest" TEXT NOT NULL,
    "lineage" TEXT NOT NULL,
    "mayExplain" BOOLEAN NOT NULL DEFAULT true,
    "expiresAt" TIMESTAMP(3),
    "lastUsedAt" TIMESTAMP(3),
    "requestCount" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "ApiKey_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AdminToken" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "scope" "AdminScope" NOT NULL,
    "tokenHash" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "lastUsedAt" TIMESTAMP(3),

    CONSTRAINT "AdminToken_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AdminUser" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "scope" "AdminScope" NOT NULL DEFAULT 'ADMIN',
    "passwordHash" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "AdminUser_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Session" (
    "id" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "tokenHash" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "lastSeenAt" TIMESTAMP(3) NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "SignInFailure" (
    "key" TEXT NOT NULL,
    "failures" INTEGER NOT NULL,
    "lastFailureAt" TIMESTAMP(3) NOT NULL,
    "blockedUntil" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "SignInFailure_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "Node" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "origin" "Origin" NOT NULL,
    "linkTokenHash" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "version" TEXT,
    "startedAt" TIMESTAMP(3),
    "lastSeenAt" TIMESTAMP(3),
    "snapshotEpoch" INTEGER,
    "snapshotVersion" BIGINT,
    "refusal" TEXT,
    "refusedVersion" BIGINT,

    CONSTRAINT "Node_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Setting" (
    "key" TEXT NOT NULL,
    "value" JSONB NOT NULL,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Setting_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "RequestRecord" (
    "id" TEXT NOT NULL,
    "nodeId" TEXT,
    "startedAt" TIMESTAMP(3) NOT NULL,
    "apiKeyId" TEXT,
    "dialect" TEXT NOT NULL,
    "stream" BOOLEAN NOT NULL,
    "requestedModel" TEXT,
    "model" TEXT,
    "outcome" "RequestOutcome" NOT NULL,
    "status" INTEGER NOT NULL,
    "errorCode" TEXT,
    "errorMessage" TEXT,
    "finishReason" TEXT,
    "inputTokens" BIGINT,
    "cachedInputTokens" BIGINT,
    "outputTokens" BIGINT,
    "reasoningTokens" BIGINT,
    "durationMs" DOUBLE PRECISION NOT NULL,
    "firstContentMs" DOUBLE PRECISION,
    "attempts" JSONB NOT NULL,
    "dropped" JSONB NOT NULL,

    CONSTRAINT "RequestRecord_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Meta" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "snapshotEpoch" INTEGER NOT NULL DEFAULT 1,
    "snapshotVersion" BIGINT NOT NULL DEFAULT 0,
    "snapshotContentHash" TEXT NOT NULL DEFAULT '',
    "snapshotIssuedAt" TIMESTAMP(3) NOT NULL,
    "sealedCanary" TEXT NOT NULL,
    "sealedApiKeyPepper" TEXT NOT NULL,

    CONSTRAINT "Meta_pkey" PRIMARY KEY ("id")
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

-- AddForeignKey
ALTER TABLE "Account" ADD CONSTRAINT "Account_catalogueId_fkey" FOREIGN KEY ("catalogueId") REFERENCES "Catalogue"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Credential" ADD CONSTRAINT "Credential_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Session" ADD CONSTRAINT "Session_userId_fkey" FOREIGN KEY ("userId") REFERENCES "AdminUser"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RequestRecord" ADD CONSTRAINT "RequestRecord_apiKeyId_fkey" FOREIGN KEY ("apiKeyId") REFERENCES "ApiKey"("id") ON DELETE SET NULL ON UPDATE CASCADE;
