-- AlterTable
ALTER TABLE "Account" ADD COLUMN     "catalogueAskedAt" TIMESTAMP(3);

-- AlterTable
ALTER TABLE "RequestRecord" ADD COLUMN     "conversation" TEXT;
