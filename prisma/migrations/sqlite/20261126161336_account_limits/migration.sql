-- AlterTable
ALTER TABLE "Account" ADD COLUMN "disabledModels" JSONB;
ALTER TABLE "Account" ADD COLUMN "maxConcurrent" INTEGER;
ALTER TABLE "Account" ADD COLUMN "reserve" REAL;

-- AlterTable
ALTER TABLE "ApiKey" ADD COLUMN "maxConcurrent" INTEGER;
