-- AlterTable
ALTER TABLE "ApiKey" ADD COLUMN "captureUntil" DATETIME;
ALTER TABLE "ApiKey" ADD COLUMN "capturesErasedAt" DATETIME;

-- AlterTable
ALTER TABLE "RequestRecord" ADD COLUMN "capture" TEXT;
ALTER TABLE "RequestRecord" ADD COLUMN "replayOf" TEXT;

-- CreateTable
CREATE TABLE "Capture" (
    "requestId" TEXT NOT NULL PRIMARY KEY,
    "apiKeyId" TEXT NOT NULL,
    "startedAt" DATETIME NOT NULL,
    "storedBytes" INTEGER NOT NULL,
    "sealedExchange" TEXT NOT NULL,
    CONSTRAINT "Capture_apiKeyId_fkey" FOREIGN KEY ("apiKeyId") REFERENCES "ApiKey" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE INDEX "Capture_startedAt_requestId_idx" ON "Capture"("startedAt", "requestId");

-- CreateIndex
CREATE INDEX "Capture_apiKeyId_idx" ON "Capture"("apiKeyId");

-- CreateIndex
CREATE INDEX "RequestRecord_capture_startedAt_idx" ON "RequestRecord"("capture", "startedAt") WHERE "capture" IS NOT NULL;
