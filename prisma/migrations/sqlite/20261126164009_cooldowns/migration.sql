-- CreateTable
CREATE TABLE "Cooldown" (
    "accountId" TEXT NOT NULL,
    "bucket" TEXT NOT NULL,
    "cause" TEXT NOT NULL,
    "evidence" TEXT NOT NULL,
    "since" DATETIME NOT NULL,
    "until" DATETIME NOT NULL,

    PRIMARY KEY ("accountId", "bucket"),
    CONSTRAINT "Cooldown_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "CooldownRelease" (
    "accountId" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "releasedAt" DATETIME NOT NULL,

    PRIMARY KEY ("accountId", "model"),
    CONSTRAINT "CooldownRelease_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE INDEX "Cooldown_until_idx" ON "Cooldown"("until");

-- CreateIndex
CREATE INDEX "CooldownRelease_releasedAt_idx" ON "CooldownRelease"("releasedAt");
