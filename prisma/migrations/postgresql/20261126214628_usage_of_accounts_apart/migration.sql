-- DropIndex
DROP INDEX "UsageRollUp_seriesId_idx";

-- CreateIndex
CREATE INDEX "UsageRollUp_seriesId_idx" ON "UsageRollUp"("seriesId") WHERE ("stepMinutes" IN (1440, -1440));
