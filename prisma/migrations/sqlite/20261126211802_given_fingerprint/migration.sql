-- AlterTable
ALTER TABLE "Credential" ADD COLUMN "givenFingerprint" TEXT;

-- CreateIndex
CREATE INDEX "Credential_givenFingerprint_idx" ON "Credential"("givenFingerprint");
