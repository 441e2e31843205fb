-- CreateEnum
CREATE TYPE "AuditActorKind" AS ENUM ('ADMINISTRATOR', 'ADMIN_TOKEN', 'COMMAND_LINE', 'SYSTEM', 'NOBODY');

-- CreateEnum
CREATE TYPE "AuditOutcome" AS ENUM ('DONE', 'REFUSED', 'FAILED');

-- CreateTable
CREATE TABLE "AuditEvent" (
    "sequence" BIGINT NOT NULL,
    "id" TEXT NOT NULL,
    "at" TIMESTAMP(3) NOT NULL,
    "actorKind" "AuditActorKind" NOT NULL,
    "actorId" TEXT,
    "actorName" TEXT,
    "actorRole" TEXT,
    "address" TEXT,
    "requestId" TEXT,
    "action" TEXT NOT NULL,
    "objectKind" TEXT,
    "objectId" TEXT,
    "objectLabel" TEXT,
    "before" TEXT,
    "after" TEXT,
    "outcome" "AuditOutcome" NOT NULL,
    "code" TEXT,
    "count" INTEGER NOT NULL DEFAULT 1,
    "previousHash" TEXT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "AuditEvent_pkey" PRIMARY KEY ("sequence")
);

-- CreateTable
CREATE TABLE "AuditChain" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "sequence" BIGINT NOT NULL DEFAULT 0,
    "hash" TEXT NOT NULL DEFAULT '',
    "forgottenUntil" BIGINT NOT NULL DEFAULT 0,
    "forgottenHash" TEXT NOT NULL DEFAULT '',
    "forgottenAt" TIMESTAMP(3),
    "seal" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "AuditChain_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "AuditEvent_id_key" ON "AuditEvent"("id");

-- CreateIndex
CREATE INDEX "AuditEvent_at_sequence_idx" ON "AuditEvent"("at", "sequence");

-- CreateIndex
CREATE INDEX "AuditEvent_action_at_sequence_idx" ON "AuditEvent"("action", "at", "sequence");

-- CreateIndex
CREATE INDEX "AuditEvent_actorName_at_sequence_idx" ON "AuditEvent"("actorName", "at", "sequence");

-- CreateIndex
CREATE INDEX "AuditEvent_actorId_at_sequence_idx" ON "AuditEvent"("actorId", "at", "sequence");

-- CreateIndex
CREATE INDEX "AuditEvent_objectId_at_sequence_idx" ON "AuditEvent"("objectId", "at", "sequence");

-- CreateIndex
CREATE INDEX "AuditEvent_outcome_at_sequence_idx" ON "AuditEvent"("outcome", "at", "sequence");
