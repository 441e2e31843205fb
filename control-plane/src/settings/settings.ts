/**
 * Settings: in force is what was set here, else the environment of this start, else the default. Every value is kept as the text that
 * its variable would hold and is read by the variable's own parser, so that both ways allow the same.
 */
import { createHash } from "node:crypto"
import type { SettingModel } from "#generated/sqlite/models.ts"
import { ENVIRONMENT, readValue } from "#shared/environment.ts"
import type { Logger } from "#shared/log.ts"
import type { Audit } from "../audit/audit.ts"
import type { Clock } from "../clock.ts"
import type { Database, Transaction } from "../database/open.ts"
import { InvalidInputError, RefusedError } from "../failure.ts"
import { SETTING_NAMES, type SettingName, type SettingValues } from "./table.ts"

export type SettingOrigin = "DEFAULT" | "ENVIRONMENT" | "SET"

export interface Setting {
  readonly name: SettingName
  /** Undefined: nothing is set, given or built in. */
  readonly value: string | undefined
  readonly origin: SettingOrigin
  readonly environmentValue: string | undefined
  readonly defaultValue: string | undefined
  readonly changedAt: Date | undefined
}

export interface SettingsState {
  /** Changes with whatever is set; an update can ask that it did not. */
  readonly revision: string
  readonly settings: readonly Setting[]
}

export interface SettingsUpdate {
  readonly set: readonly { readonly name: SettingName; readonly value: string }[]
  /** Back to the environment, or to the default. */
  readonly unset: readonly SettingName[]
  readonly revision?: string | undefined
}

export interface Settings {
  /** What was in force when they were last read. */
  readonly current: SettingValues
  /** What the rows of a read put in force. */
  inForce(rows: readonly SettingModel[]): SettingValues
  read(): Promise<SettingsState>
  /** Throws `InvalidInputError` for a value that its variable would not take, `RefusedError` when the revision is another by now. */
  update(update: SettingsUpdate): Promise<SettingsState>
}

export interface SettingsOptions {
  readonly database: Database
  readonly clock: Clock
  readonly log: Logger
  readonly audit: Pick<Audit, "record">
  /** The variables of this start. */
  readonly environment: Readonly<Partial<Record<SettingName, string>>>
  /** Resolves when what was written is in force at the data planes. */
  readonly takeEffect: () => Promise<unknown>
}

export function createSettings(options: SettingsOptions): Settings {
  const { database, clock, log, audit, environment, takeEffect } = options
  let current = valuesOf(environment)

  /** The texts that were set; one that this version does not take any more is left where it is and does not count. */
  function setTexts(rows: readonly SettingModel[]): Map<SettingName, { text: string; changedAt: Date }> {
    const texts = new Map<SettingName, { text: string; changedAt: Date }>()
    for (const { key, value, updatedAt } of rows) {
      const name = SETTING_NAMES.find((known) => known === key)
      if (name === undefined || typeof value !== "string") continue
      const read = readValue(name, value)
      if ("refusal" in read) log.warn("setting.not-taken", { name, message: read.refusal })
      else texts.set(name, { text: value, changedAt: updatedAt })
    }
    return texts
  }

  function inForce(rows: readonly SettingModel[]): SettingValues {
    const texts = [...setTexts(rows)].map(([name, { text }]) => [name, text] as const)
    current = valuesOf({ ...environment, ...Object.fromEntries(texts) })
    return current
  }

  function stateOf(rows: readonly SettingModel[]): SettingsState {
    const texts = setTexts(rows)
    const settings = SETTING_NAMES.map((name): Setting => {
      const set = texts.get(name)
      const environmentValue = environment[name]
      const defaultValue = ENVIRONMENT[name].default
      return {
        name,
        value: set?.text ?? environmentValue ?? defaultValue,
        origin: set !== undefined ? "SET" : environmentValue !== undefined ? "ENVIRONMENT" : "DEFAULT",
        environmentValue,
        defaultValue,
        changedAt: set?.changedAt,
      }
    })
    return { revision: revisionOf(rows), settings }
  }

  async function write(transaction: Transaction, update: SettingsUpdate): Promise<void> {
    const before = await transaction.setting.findMany()
    if (update.revision !== undefined && update.revision !== revisionOf(before)) {
      throw new RefusedError("changed_meanwhile", "Somebody changed the settings meanwhile; read them again.")
    }
    const updatedAt = new Date(clock.now())
    for (const { name, value } of update.set) {
      const text = value.trim()
      await transaction.setting.upsert({
        where: { key: name },
        create: { key: name, value: text, updatedAt },
        update: { value: text, updatedAt },
      })
    }
    if (update.unset.length > 0) await transaction.setting.deleteMany({ where: { key: { in: [...update.unset] } } })
    const after = await transaction.setting.findMany()
    await audit.record(transaction, { object: { kind: "SETTINGS" }, before: textsOf(before), after: textsOf(after) })
  }

  return {
    get current() {
      return current
    },
    inForce,
    read: async () => stateOf(await database.prisma.setting.findMany()),
    update: async (update) => {
      checkUpdate(update)
      await database.prisma.$transaction((transaction) => write(transaction, update))
      const rows = await database.prisma.setting.findMany()
      inForce(rows)
      await takeEffect()
      return stateOf(rows)
    },
  }
}

function checkUpdate({ set, unset }: SettingsUpdate): void {
  const names = new Set<SettingName>(unset)
  for (const [index, { name, value }] of set.entries()) {
    const path = ["input", "set", String(index)]
    if (names.has(name)) throw new InvalidInputError("twice", `${name} is named twice.`, [...path, "name"])
    names.add(name)
    if (value.trim() === "") {
      throw new InvalidInputError("empty", `${name} needs a value; name it under unset to clear it.`, [
        ...path,
        "value",
      ])
    }
    const read = readValue(name, value)
    if ("refusal" in read) throw new InvalidInputError("not_allowed", read.refusal, [...path, "value"])
  }
}

function textsOf(rows: readonly SettingModel[]): Record<string, SettingModel["value"]> {
  return Object.fromEntries(rows.map(({ key, value }) => [key, value]))
}

function valuesOf(texts: Readonly<Partial<Record<SettingName, string>>>): SettingValues {
  const values = SETTING_NAMES.map((name) => {
    const text = texts[name] ?? ENVIRONMENT[name].default
    const read = text === undefined ? { value: undefined } : readValue(name, text)
    if ("refusal" in read) throw new Error(read.refusal)
    return [name, read.value]
  })
  return Object.fromEntries(values) as SettingValues // every name once, each value by its own variable's parser
}

function revisionOf(rows: readonly SettingModel[]): string {
  const texts = rows
    .map(({ key, value }) => JSON.stringify([key, value]))
    .toSorted((left, right) => (left < right ? -1 : 1))
  return createHash("sha256").update(texts.join()).digest("base64url").slice(0, 16)
}
