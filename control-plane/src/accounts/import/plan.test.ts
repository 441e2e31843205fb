import fc from "fast-check"
import { expect, test } from "vitest"
import type { AccountModel } from "#generated/sqlite/models.ts"
import { Secret } from "#shared/secret.ts"
import type { ImportedAccount, ImportedRow } from "./imported-row.ts"
import { planImport, type KnownAccount } from "./plan.ts"

const option = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined })

/** Whose tokens they are; an account may have several. */
const OWNERS = {
  one: "a@example.test",
  two: "a@example.test",
  three: "b@example.test",
  four: "c@example.test",
} as const

const token = fc.constantFrom(...(Object.keys(OWNERS) as (keyof typeof OWNERS)[])) // its own keys
const identity = fc.tuple(token, fc.boolean()).map(([name, isNamed]) => {
  return { refreshToken: new Secret<string>(name), email: isNamed ? OWNERS[name] : undefined }
})

const settings = fc.record({
  label: option(fc.constantFrom("x", "y")),
  projectId: option(fc.constantFrom("p-1", "p-2")),
  projectIsGiven: fc.boolean(),
  enabled: option(fc.boolean()),
  weight: option(fc.integer({ min: 1, max: 3 })),
  priority: option(fc.integer({ min: 0, max: 2 })),
  maxConcurrent: option(fc.integer({ min: 0, max: 2 })),
  reserve: option(fc.constantFrom(0, 0.5)),
  disabledModels: option(fc.uniqueArray(fc.constantFrom("m", "n"))),
  tags: option(fc.uniqueArray(fc.constantFrom("t", "u"))),
  client: fc.constant(undefined),
})
const account: fc.Arbitrary<ImportedAccount> = fc.tuple(identity, settings).map(([who, what]) => ({ ...who, ...what }))
const rows = fc.array(account, { maxLength: 8 }).map((accounts) =>
  accounts.map((one, index): ImportedRow => ({
    type: "account",
    row: index + 1,
    line: undefined,
    account: one,
    notCarried: [],
  })),
)
const state = fc.constantFrom("READY", "ONBOARDING", "NEEDS_LOGIN")

const fingerprintOf = ({ refreshToken }: ImportedAccount): string => refreshToken.reveal()
const plan = (document: readonly ImportedRow[], known: readonly KnownAccount[], replacesCredentials = false) =>
  planImport({ rows: document, known, fingerprintOf, replacesCredentials })

/** What the accounts are when a plan was carried out. */
function carriedOut(
  document: readonly ImportedRow[],
  known: readonly KnownAccount[],
  becomes: string,
  replaces: boolean,
): KnownAccount[] {
  const after = new Map(known.map((one) => [one.row.id, one]))
  for (const step of plan(document, known, replaces)) {
    if (step.type !== "add" && step.type !== "update") continue
    const {
      email = null,
      label = "made",
      weight = 1,
      priority = 0,
      enabled = true,
      tags = [],
      maxConcurrent = null,
    } = step.account
    const { reserve = null, disabledModels = [], projectId = null, projectIsGiven } = step.account
    const made = {
      email,
      label,
      weight,
      priority,
      enabled,
      tags,
      maxConcurrent,
      reserve,
      disabledModels,
      projectId,
      projectIsGiven: projectIsGiven && projectId !== null,
    }
    const row =
      step.type === "add"
        ? { ...made, id: `new ${after.size}`, state: becomes }
        : { ...step.row, ...step.changes, ...(step.changes.projectId === undefined ? {} : { projectIsGiven: true }) }
    const before = step.type === "update" ? (after.get(step.row.id)?.fingerprints ?? []) : []
    const takes = step.type === "add" || step.takesCredential
    const fingerprints = takes ? [fingerprintOf(step.account)] : before
    after.set(row.id, { row: row as unknown as AccountModel, fingerprints }) // all that a plan looks at
  }
  return [...after.values()]
}

test("a document of rows with addresses adds nothing once more, whatever was there before", () => {
  const isNamed = (row: ImportedRow): boolean => row.type === "account" && row.account.email !== undefined
  fc.assert(
    fc.property(rows, rows, state, fc.boolean(), (earlier, document, becomes, replaces) => {
      const named = document.filter(isNamed)
      const once = carriedOut(named, carriedOut(earlier, [], becomes, replaces), becomes, replaces)
      expect(plan(named, once, replaces).filter(({ type }) => type === "add")).toEqual([])
    }),
  )
})

test("each account is changed by one row at most", () => {
  fc.assert(
    fc.property(rows, rows, state, fc.boolean(), (earlier, document, becomes, replaces) => {
      const steps = plan(document, carriedOut(earlier, [], becomes, replaces), replaces)
      const ids = steps.flatMap((step) => (step.type === "update" ? [step.row.id] : []))
      expect(new Set(ids).size).toBe(ids.length)
    }),
  )
})

test("a document that was taken into an empty pool is found unchanged", () => {
  fc.assert(
    fc.property(rows, state, fc.boolean(), (document, becomes, replaces) => {
      const once = carriedOut(document, [], becomes, replaces)
      const types = plan(document, once, replaces).map(({ type }) => type)
      expect(types.filter((type) => type !== "unchanged" && type !== "duplicate")).toEqual([])
    }),
  )
})

test("whatever is planned, no account that serves loses its sign-in unless that was asked for", () => {
  fc.assert(
    fc.property(rows, rows, (earlier, document) => {
      const known = carriedOut(earlier, [], "READY", false)
      for (const step of plan(document, known)) if (step.type === "update") expect(step.takesCredential).toBe(false)
    }),
  )
})
