-- AlterTable
ALTER TABLE "OAuthFlow" ADD COLUMN     "forAccountId" TEXT,
ADD COLUMN     "otherEmail" TEXT;
