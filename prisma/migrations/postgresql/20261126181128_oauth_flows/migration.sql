-- CreateEnum
CREATE TYPE "OnboardingStep" AS ENUM ('EXCHANGE', 'ACCOUNT_INFO', 'LOAD', 'ONBOARD', 'PROJECT', 'CATALOGUE', 'QUOTA');

-- AlterTable
ALTER TABLE "Account" ADD COLUMN     "onboardingStep" "OnboardingStep";

-- AlterTable
ALTER TABLE "Credential" ADD COLUMN     "oauthClient" TEXT;

-- CreateTable
CREATE TABLE "OAuthClient" (
    "fingerprint" TEXT NOT NULL,
    "sealedClientId" TEXT NOT NULL,
    "sealedClientSecret" TEXT NOT NULL,
    "setAt" TIMESTAMP(3),
    "keptAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "OAuthClient_pkey" PRIMARY KEY ("fingerprint")
);

-- CreateTable
CREATE TABLE "OAuthFlow" (
    "stateHash" TEXT NOT NULL,
    "kind" "AccountKind" NOT NULL,
    "principalId" TEXT NOT NULL,
    "sealedVerifier" TEXT,
    "redirectUri" TEXT NOT NULL,
    "oauthClient" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "claimedAt" TIMESTAMP(3),
    "endedAt" TIMESTAMP(3),
    "step" "OnboardingStep",
    "accountId" TEXT,
    "failureCode" TEXT,
    "failureMessage" TEXT,

    CONSTRAINT "OAuthFlow_pkey" PRIMARY KEY ("stateHash")
);

-- CreateIndex
CREATE INDEX "OAuthFlow_principalId_idx" ON "OAuthFlow"("principalId");

-- CreateIndex
CREATE INDEX "OAuthFlow_expiresAt_idx" ON "OAuthFlow"("expiresAt");
