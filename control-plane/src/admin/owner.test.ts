import { chownSync, mkdtempSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, test } from "vitest"
import { goOnAsOwnerOf } from "./owner.ts"

const SOMEBODY = 12_345
let folder: string

/** A process of this user; what it was told, in order. */
function processOf(uid: number) {
  const told: unknown[] = []
  const tell =
    (name: string) =>
    (value: unknown): void =>
      void told.push([name, value])
  const user = { getuid: () => uid, setgroups: tell("groups"), setgid: tell("group"), setuid: tell("user") }
  return { user, told }
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lagrange-owner-"))
  // Only root gives folders away; for everybody else it is their own already, which is not root's either.
  if (process.getuid?.() === 0) chownSync(folder, SOMEBODY, SOMEBODY)
})
afterEach(() => rmSync(folder, { recursive: true }))

test("a command of root's goes on as the one to whom the data folder belongs, groups first", () => {
  const { user, told } = processOf(0)
  const { uid, gid } = statSync(folder)
  expect(goOnAsOwnerOf(folder, user)).toBe(uid)
  expect(told).toEqual([
    ["groups", [gid]],
    ["group", gid],
    ["user", uid],
  ])
})

test("everybody else stays who they are, and so does root where the folder is root's or is not there yet", () => {
  const others = [processOf(1_000), processOf(0), processOf(0)]
  const folders = [folder, "/", join(folder, "missing")]
  for (const [index, { user, told }] of others.entries()) {
    expect(goOnAsOwnerOf(folders[index] ?? "", user)).toBeUndefined()
    expect(told).toEqual([])
  }
})
