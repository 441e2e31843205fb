-- AlterTable
ALTER TABLE "AdminToken" ADD COLUMN "expiresAt" DATETIME;
ALTER TABLE "AdminToken" ADD COLUMN "ownerId" TEXT;
ALTER TABLE "AdminToken" ADD COLUMN "prefix" TEXT;

-- AlterTable
ALTER TABLE "AdminUser" ADD COLUMN "disabledAt" DATETIME;
ALTER TABLE "AdminUser" ADD COLUMN "knownAddresses" JSONB;
ALTER TABLE "AdminUser" ADD COLUMN "lastSignInAt" DATETIME;
ALTER TABLE "AdminUser" ADD COLUMN "passwordSetAt" DATETIME;

-- AlterTable
ALTER TABLE "Session" ADD COLUMN "address" TEXT;
ALTER TABLE "Session" ADD COLUMN "freshUntil" DATETIME;
ALTER TABLE "Session" ADD COLUMN "userAgent" TEXT;
