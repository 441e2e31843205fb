-- CreateTable
CREATE TABLE "ReportMark" (
    "nodeId" TEXT NOT NULL,
    "boot" TEXT NOT NULL,
    "sequence" BIGINT NOT NULL,
    "at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "ReportMark_pkey" PRIMARY KEY ("nodeId","boot")
);
