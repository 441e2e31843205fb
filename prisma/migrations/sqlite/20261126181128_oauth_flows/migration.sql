-- AlterTable
ALTER TABLE "Account" ADD COLUMN "onboardingStep" TEXT;

-- AlterTable
ALTER TABLE "Credential" ADD COLUMN "oauthClient" TEXT;

-- CreateTable
CREATE TABLE "OAuthClient" (
    "fingerprint" TEXT NOT NULL PRIMARY KEY,
    "sealedClientId" TEXT NOT NULL,
    "sealedClientSecret" TEXT NOT NULL,
    "setAt" DATETIME,
    "keptAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "OAuthFlow" (
    "stateHash" TEXT NOT NULL PRIMARY KEY,
    "kind" TEXT NOT NULL,
    "principalId" TEXT NOT NULL,
    "sealedVerifier" TEXT,
    "redirectUri" TEXT NOT NULL,
    "oauthClient" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "expiresAt" DATETIME NOT NULL,
    "claimedAt" DATETIME,
    "endedAt" DATETIME,
    "step" TEXT,
    "accountId" TEXT,
    "failureCode" TEXT,
    "failureMessage" TEXT
);

-- CreateIndex
CREATE INDEX "OAuthFlow_principalId_idx" ON "OAuthFlow"("principalId");

-- CreateIndex
CREATE INDEX "OAuthFlow_expiresAt_idx" ON "OAuthFlow"("expiresAt");
