-- CreateTable
CREATE TABLE "DataKey" (
    "id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "wrappedKey" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "inUseSince" TIMESTAMP(3),

    CONSTRAINT "DataKey_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "DataKey_number_key" ON "DataKey"("number");
