-- AlterTable
ALTER TABLE "AlertRule" ADD COLUMN     "failureClass" TEXT;
