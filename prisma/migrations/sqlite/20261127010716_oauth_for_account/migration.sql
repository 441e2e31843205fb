-- AlterTable
ALTER TABLE "OAuthFlow" ADD COLUMN "forAccountId" TEXT;
ALTER TABLE "OAuthFlow" ADD COLUMN "otherEmail" TEXT;
