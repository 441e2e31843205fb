-- AlterTable
ALTER TABLE "RequestRecord" ADD COLUMN     "schemaReport" JSONB;
