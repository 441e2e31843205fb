-- CreateTable
CREATE TABLE "ReportMark" (
    "nodeId" TEXT NOT NULL,
    "boot" TEXT NOT NULL,
    "sequence" BIGINT NOT NULL,
    "at" DATETIME NOT NULL,

    PRIMARY KEY ("nodeId", "boot")
);
