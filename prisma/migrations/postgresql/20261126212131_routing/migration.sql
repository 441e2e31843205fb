-- AlterTable
ALTER TABLE "RequestRecord" ADD COLUMN     "route" JSONB;

-- CreateTable
CREATE TABLE "ModelAlias" (
    "name" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "note" TEXT,

    CONSTRAINT "ModelAlias_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "RoutingRule" (
    "name" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "enabled" BOOLEAN NOT NULL,
    "note" TEXT,
    "match" JSONB NOT NULL,
    "action" JSONB NOT NULL,

    CONSTRAINT "RoutingRule_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "FallbackChain" (
    "model" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "next" JSONB NOT NULL,

    CONSTRAINT "FallbackChain_pkey" PRIMARY KEY ("model")
);

-- CreateTable
CREATE TABLE "ModelSighting" (
    "model" TEXT NOT NULL,
    "body" JSONB NOT NULL,
    "firstSeenAt" TIMESTAMP(3) NOT NULL,
    "goneAt" TIMESTAMP(3),

    CONSTRAINT "ModelSighting_pkey" PRIMARY KEY ("model")
);

-- CreateIndex
CREATE INDEX "ModelSighting_goneAt_idx" ON "ModelSighting"("goneAt");
