-- CreateTable
CREATE TABLE "Cooldown" (
    "accountId" TEXT NOT NULL,
    "bucket" TEXT NOT NULL,
    "cause" TEXT NOT NULL,
    "evidence" TEXT NOT NULL,
    "since" TIMESTAMP(3) NOT NULL,
    "until" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Cooldown_pkey" PRIMARY KEY ("accountId","bucket")
);

-- CreateTable
CREATE TABLE "CooldownRelease" (
    "accountId" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "releasedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "CooldownRelease_pkey" PRIMARY KEY ("accountId","model")
);

-- CreateIndex
CREATE INDEX "Cooldown_until_idx" ON "Cooldown"("until");

-- CreateIndex
CREATE INDEX "CooldownRelease_releasedAt_idx" ON "CooldownRelease"("releasedAt");

-- AddForeignKey
ALTER TABLE "Cooldown" ADD CONSTRAINT "Cooldown_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "CooldownRelease" ADD CONSTRAINT "CooldownRelease_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account"("id") ON DELETE CASCADE ON UPDATE CASCADE;
