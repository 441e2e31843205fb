-- AlterTable
ALTER TABLE "AdminToken" ADD COLUMN     "expiresAt" TIMESTAMP(3),
ADD COLUMN     "ownerId" TEXT,
ADD COLUMN     "prefix" TEXT;

-- AlterTable
ALTER TABLE "AdminUser" ADD COLUMN     "disabledAt" TIMESTAMP(3),
ADD COLUMN     "knownAddresses" JSONB,
ADD COLUMN     "lastSignInAt" TIMESTAMP(3),
ADD COLUMN     "passwordSetAt" TIMESTAMP(3);

-- AlterTable
ALTER TABLE "Session" ADD COLUMN     "address" TEXT,
ADD COLUMN     "freshUntil" TIMESTAMP(3),
ADD COLUMN     "userAgent" TEXT;
