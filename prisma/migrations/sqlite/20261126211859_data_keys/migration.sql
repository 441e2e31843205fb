-- CreateTable
CREATE TABLE "DataKey" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "number" INTEGER NOT NULL,
    "wrappedKey" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "inUseSince" DATETIME
);

-- CreateIndex
CREATE UNIQUE INDEX "DataKey_number_key" ON "DataKey"("number");
