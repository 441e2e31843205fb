-- AlterTable
ALTER TABLE "RequestRecord" ADD COLUMN     "playgroundBy" TEXT;
