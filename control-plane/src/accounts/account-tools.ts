/** What operators do with accounts beside adding and changing one: test, change many, take in and give out. */
import { createBulkAccounts, type BulkAccounts, type BulkOptions } from "./bulk.ts"
import { createAccountTest, type AccountTest, type AccountTestOptions } from "./doctor/test-account.ts"
import { createAccountExport, type AccountExport, type AccountExportOptions } from "./export/export-accounts.ts"
import type { ShownStates } from "./shown-state.ts"
import { createAccountImport, type AccountImport, type AccountImportOptions } from "./import/import-accounts.ts"

/** What operators see of accounts and do with them. */
export interface AccountTools {
  readonly testAccount: AccountTest
  readonly bulkAccounts: BulkAccounts
  readonly importAccounts: AccountImport
  readonly exportAccounts: AccountExport
  readonly shownStates: ShownStates
}

export function createAccountTools(
  options: BulkOptions & AccountTestOptions & AccountImportOptions & AccountExportOptions,
): AccountTools {
  return {
    testAccount: createAccountTest(options),
    bulkAccounts: createBulkAccounts(options),
    importAccounts: createAccountImport(options),
    exportAccounts: createAccountExport(options),
    shownStates: options.shownStates,
  }
}
