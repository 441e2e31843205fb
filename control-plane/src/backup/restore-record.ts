import { openAudit } from "../audit/audit.ts"
import type { Actor } from "../audit/actor.ts"
import { openDatabase } from "../database/open.ts"
import { openVault } from "../data-keys/keyring.ts"
import type { RestoreOptions, RestorePlan } from "./restore.ts"

/** Tells the audit of the restored database that it was restored, by whom, and from when. */
export async function recordRestore(
  url: string,
  {
    by,
    masterKey,
    clock,
    log,
    plan,
  }: Pick<RestoreOptions, "by" | "masterKey" | "clock" | "log"> & { readonly plan: RestorePlan },
): Promise<void> {
  const database = await openDatabase(url)
  try {
    const vault = await openVault(database, masterKey, clock.now())
    const audit = await openAudit({ database, clock, log, vault })
    const { createdAt, version } = plan.manifest
    await audit.note({
      action: "restoreBackup",
      by: by satisfies Actor,
      object: { kind: "DATABASE" },
      after: { backupOf: createdAt, version },
    })
    await audit.stop()
  } finally {
    await database.close()
  }
}
