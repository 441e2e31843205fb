-- AlterTable
ALTER TABLE "RequestRecord" ADD COLUMN "route" JSONB;

-- CreateTable
CREATE TABLE "ModelAlias" (
    "name" TEXT NOT NULL PRIMARY KEY,
    "target" TEXT NOT NULL,
    "note" TEXT
);

-- CreateTable
CREATE TABLE "RoutingRule" (
    "name" TEXT NOT NULL PRIMARY KEY,
    "position" INTEGER NOT NULL,
    "enabled" BOOLEAN NOT NULL,
    "note" TEXT,
    "match" JSONB NOT NULL,
    "action" JSONB NOT NULL
);

-- CreateTable
CREATE TABLE "FallbackChain" (
    "model" TEXT NOT NULL PRIMARY KEY,
    "position" INTEGER NOT NULL,
    "next" JSONB NOT NULL
);

-- CreateTable
CREATE TABLE "ModelSighting" (
    "model" TEXT NOT NULL PRIMARY KEY,
    "body" JSONB NOT NULL,
    "firstSeenAt" DATETIME NOT NULL,
    "goneAt" DATETIME
);

-- CreateIndex
CREATE INDEX "ModelSighting_goneAt_idx" ON "ModelSighting"("goneAt");
