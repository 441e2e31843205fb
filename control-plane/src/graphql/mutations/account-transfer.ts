import type { ExportedDocument } from "../../accounts/export/export-accounts.ts"
import { IMPORT_OUTCOMES, type ImportReport, type ImportReportRow } from "../../accounts/import/import-accounts.ts"
import { IMPORT_FORMATS } from "../../accounts/import/imported-row.ts"
import { builder, expectedFailures, refuseScope } from "../builder.ts"
import { takesUpTo } from "../limits.ts"
import { AccountFilter } from "../types/account-filter.ts"
import { describedValues } from "../types/described-values.ts"

const ImportAccountsInput = builder.inputType("ImportAccountsInput", {
  description: "A document with accounts, and how it is taken.",
  fields: (t) => ({
    acknowledgedTerms: t.boolean({ required: true, description: "The operator has read the terms notice." }),
    document: t.string({ required: true, description: "The whole text; its format is found out by itself." }),
    dryRun: t.boolean({ description: "Only say what would become of each row: nothing is written, nobody is asked." }),
    passphrase: t.string({ description: "Of a sealed export of ours." }),
    replaceCredentials: t.boolean({
      description: "Take the document's sign-in also for accounts that serve with the one they have.",
    }),
  }),
})

const ImportFormat = builder.enumType("ImportFormat", {
  description: "What kind of document it was.",
  values: describedValues(IMPORT_FORMATS),
})
const ImportOutcome = builder.enumType("ImportOutcome", {
  description: "What became of a row.",
  values: describedValues(IMPORT_OUTCOMES),
})

const ImportRow = builder.objectRef<ImportReportRow>("ImportRow").implement({
  description: "What became of one account of a document.",
  fields: (t) => ({
    row: t.exposeInt("row", { description: "Of the accounts in the document, from 1." }),
    line: t.exposeInt("line", { nullable: true, description: "Null: the document is one JSON value." }),
    email: t.exposeString("email", {
      nullable: true,
      description: "The account's address, as the document has it; null: it has none.",
    }),
    outcome: t.expose("outcome", { type: ImportOutcome, description: "What became of it, or would in a dry run." }),
    accountId: t.exposeID("accountId", { nullable: true, description: "Of the account that it is now." }),
    message: t.exposeString("message", { nullable: true, description: "Why, and what to do, for a person." }),
    notCarried: t.stringList({
      description: "What the document says of it that has no place here, by name. Values are never repeated.",
      resolve: ({ notCarried }) => [...notCarried],
    }),
  }),
})

const ImportAccountsSuccess = builder.objectRef<ImportReport>("ImportAccountsSuccess").implement({
  description: "The document was read; what became of each row is said by the rows.",
  fields: (t) => ({
    formats: t.field({
      type: [ImportFormat],
      description: "The formats that were found in it.",
      resolve: ({ formats }) => [...formats],
    }),
    rows: t.field({
      type: [ImportRow],
      description: "One for each account in the document, in its order.",
      resolve: ({ rows }) => [...rows],
    }),
    counts: t.field({ type: [ImportCount], description: "Rows by outcome; none of zero.", resolve: countsOf }),
  }),
})

interface Count {
  readonly outcome: ImportReportRow["outcome"]
  readonly rows: number
}

const ImportCount = builder.objectRef<Count>("ImportCount").implement({
  description: "How many rows had one outcome.",
  fields: (t) => ({
    outcome: t.expose("outcome", { type: ImportOutcome, description: "The outcome that they had." }),
    rows: t.exposeInt("rows", { description: "How many they are; never 0." }),
  }),
})

function countsOf({ rows }: ImportReport): Count[] {
  const counts = new Map<ImportReportRow["outcome"], number>()
  for (const { outcome } of rows) counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
  return [...counts].map(([outcome, count]) => ({ outcome, rows: count }))
}

const ExportAccountsInput = builder.inputType("ExportAccountsInput", {
  description: "Which accounts, and how they are sealed: give either passphrase or plain.",
  fields: (t) => ({
    filter: t.field({ type: AccountFilter, description: "Left out: every account." }),
    passphrase: t.string({
      description: "Seals the document; an import asks for it. At least 12 uncommon characters.",
    }),
    plain: t.boolean({
      description: "Every credential in the clear.",
    }),
  }),
})

const ExportAccountsSuccess = builder.objectRef<ExportedDocument>("ExportAccountsSuccess").implement({
  description: "The document, with credentials in it.",
  fields: (t) => ({
    document: t.exposeString("document", {
      description: "What importAccounts takes. Keep it as you would keep passwords.",
    }),
    count: t.exposeInt("count", { description: "Accounts in it." }),
    leftOut: t.stringList({
      description: "Labels of accounts that hold no credential.",
      resolve: ({ leftOut }) => [...leftOut],
    }),
  }),
})

/** Accounts in and out as documents. */
export function addAccountTransferMutations(): void {
  builder.mutationFields((t) => ({
    importAccounts: t.field({
      type: ImportAccountsSuccess,
      description:
        "Takes accounts over from a document: our export, those of Antigravity-Proxy, Antigravity-Manager and antigravity-claude-proxy, auth files of CLIProxyAPI, or a list of refresh tokens. New ones are onboarded in the background. The same document twice adds nothing.",
      authScopes: { scope: "OPERATE" },
      errors: expectedFailures,
      extensions: takesUpTo(60_000),
      args: {
        input: t.arg({ type: ImportAccountsInput, required: true, description: "The document, and how it is taken." }),
      },
      resolve: (_root, { input }, { services }) => services.importAccounts(input),
    }),
    exportAccounts: t.field({
      type: ExportAccountsSuccess,
      description:
        "Gives accounts with their credentials as a document, sealed under a passphrase or in the clear. A session needs its password again (reauthentication_required).",
      authScopes: { scope: "ADMIN" },
      errors: expectedFailures,
      extensions: takesUpTo(60_000),
      args: {
        input: t.arg({
          type: ExportAccountsInput,
          required: true,
          description: "Which accounts, and how they are sealed.",
        }),
      },
      resolve: (_root, { input }, context) => {
        if (context.principal === undefined) throw refuseScope(context)
        return context.services.exportAccounts(input, context.principal)
      },
    }),
  }))
}
