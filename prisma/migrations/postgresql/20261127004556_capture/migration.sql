-- AlterTable
ALTER TABLE "ApiKey" ADD COLUMN     "captureUntil" TIMESTAMP(3),
ADD COLUMN     "capturesErasedAt" TIMESTAMP(3);

-- AlterTable
ALTER TABLE "RequestRecord" ADD COLUMN     "capture" TEXT,
ADD COLUMN     "replayOf" TEXT;

-- CreateTable
CREATE TABLE "Capture" (
    "requestId" TEXT NOT NULL,
    "apiKeyId" TEXT NOT NULL,
    "startedAt" TIMESTAMP(3) NOT NULL,
    "storedBytes" INTEGER NOT NULL,
    "sealedExchange" TEXT NOT NULL,

    CONSTRAINT "Capture_pkey" PRIMARY KEY ("requestId")
);

-- CreateIndex
CREATE INDEX "Capture_startedAt_requestId_idx" ON "Capture"("startedAt", "requestId");

-- CreateIndex
CREATE INDEX "Capture_apiKeyId_idx" ON "Capture"("apiKeyId");

-- CreateIndex
CREATE INDEX "RequestRecord_capture_startedAt_idx" ON "RequestRecord"("capture", "startedAt") WHERE ("capture" IS NOT NULL);

-- AddForeignKey
ALTER TABLE "Capture" ADD CONSTRAINT "Capture_apiKeyId_fkey" FOREIGN KEY ("apiKeyId") REFERENCES "ApiKey"("id") ON DELETE CASCADE ON UPDATE CASCADE;
