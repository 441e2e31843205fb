-- CreateTable
CREATE TABLE "AuditEvent" (
    "sequence" BIGINT NOT NULL PRIMARY KEY,
    "id" TEXT NOT NULL,
    "at" DATETIME NOT NULL,
    "actorKind" TEXT NOT NULL,
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
    "outcome" TEXT NOT NULL,
    "code" TEXT,
    "count" INTEGER NOT NULL DEFAULT 1,
    "previousHash" TEXT NOT NULL,
    "hash" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "AuditChain" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT DEFAULT 1,
    "sequence" BIGINT NOT NULL DEFAULT 0,
    "hash" TEXT NOT NULL DEFAULT '',
    "forgottenUntil" BIGINT NOT NULL DEFAULT 0,
    "forgottenHash" TEXT NOT NULL DEFAULT '',
    "forgottenAt" DATETIME,
    "seal" TEXT NOT NULL DEFAULT ''
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
