-- CreateTable
CREATE TABLE "Webhook" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "origin" TEXT NOT NULL,
    "sealedUrl" TEXT NOT NULL,
    "sealedSecret" TEXT NOT NULL,
    "disabledAt" DATETIME,
    "createdAt" DATETIME NOT NULL,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "lastError" TEXT,
    "lastFailureAt" DATETIME,
    "lastDeliveredAt" DATETIME
);

-- CreateTable
CREATE TABLE "AlertRule" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "builtIn" BOOLEAN NOT NULL DEFAULT false,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "threshold" REAL NOT NULL,
    "forSeconds" INTEGER NOT NULL,
    "windowMinutes" INTEGER,
    "errorCode" TEXT,
    "bucket" TEXT,
    "webhookId" TEXT,
    "createdAt" DATETIME NOT NULL,
    "turningSince" DATETIME,
    CONSTRAINT "AlertRule_webhookId_fkey" FOREIGN KEY ("webhookId") REFERENCES "Webhook" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Alert" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "ruleId" TEXT,
    "kind" TEXT NOT NULL,
    "ruleName" TEXT NOT NULL,
    "since" DATETIME NOT NULL,
    "until" DATETIME,
    "summary" TEXT NOT NULL,
    "wayOut" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "evidence" JSONB NOT NULL,
    "toldOf" JSONB NOT NULL,
    "changedAt" DATETIME NOT NULL,
    CONSTRAINT "Alert_ruleId_fkey" FOREIGN KEY ("ruleId") REFERENCES "AlertRule" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "AlertDelivery" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "alertId" TEXT NOT NULL,
    "webhookId" TEXT NOT NULL,
    "event" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "dueAt" DATETIME,
    "deliveredAt" DATETIME,
    "lastStatus" INTEGER,
    "lastError" TEXT,
    CONSTRAINT "AlertDelivery_alertId_fkey" FOREIGN KEY ("alertId") REFERENCES "Alert" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "AlertDelivery_webhookId_fkey" FOREIGN KEY ("webhookId") REFERENCES "Webhook" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE INDEX "AlertRule_webhookId_idx" ON "AlertRule"("webhookId");

-- CreateIndex
CREATE INDEX "Alert_since_id_idx" ON "Alert"("since", "id");

-- CreateIndex
CREATE INDEX "Alert_ruleId_until_idx" ON "Alert"("ruleId", "until");

-- CreateIndex
CREATE INDEX "AlertDelivery_dueAt_idx" ON "AlertDelivery"("dueAt");

-- CreateIndex
CREATE INDEX "AlertDelivery_webhookId_dueAt_idx" ON "AlertDelivery"("webhookId", "dueAt");

-- CreateIndex
CREATE INDEX "AlertDelivery_alertId_idx" ON "AlertDelivery"("alertId");
