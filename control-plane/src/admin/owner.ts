/**
 * What a command writes as root (under sudo, in a shell of a container) the gateway's own user could not open: the database of a
 * restore, a new master key. So a command of root's goes on as the user to whom the data folder belongs.
 */
import { statSync } from "node:fs"

export type UserOfProcess = Pick<NodeJS.Process, "getuid" | "setgroups" | "setgid" | "setuid">

/** Gives the id of the user it goes on as; undefined: nothing had to be done. */
export function goOnAsOwnerOf(folder: string, user: UserOfProcess = process): number | undefined {
  const { uid, gid } = statSync(folder, { throwIfNoEntry: false }) ?? { uid: 0, gid: 0 }
  if (user.getuid?.() !== 0 || uid === 0) return undefined
  // In this order: with the user goes the right to change the groups.
  user.setgroups?.([gid])
  user.setgid?.(gid)
  user.setuid?.(uid)
  return uid
}
