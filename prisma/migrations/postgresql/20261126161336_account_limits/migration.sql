-- AlterTable
ALTER TABLE "Account" ADD COLUMN     "disabledModels" JSONB,
ADD COLUMN     "maxConcurrent" INTEGER,
ADD COLUMN     "reserve" DOUBLE PRECISION;

-- AlterTable
ALTER TABLE "ApiKey" ADD COLUMN     "maxConcurrent" INTEGER;
