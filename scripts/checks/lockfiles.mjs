import { readText, treeFiles } from "../lib/files.mjs"

export const name = "lockfiles"

/** A lockfile names versions and hashes, never where they were downloaded from; every package has a hash; none needs a script. */
export function problems(file, lock) {
  return Object.entries(lock.packages).flatMap(([path, entry]) => {
    if (path === "") return []
    const found = []
    if (entry.resolved !== undefined) found.push(`${file}: ${path} holds a download address`)
    if (entry.integrity === undefined && entry.link !== true) found.push(`${file}: ${path} has no integrity hash`)
    return found
  })
}

export function run() {
  const files = treeFiles().filter((file) => /(?:^|\/)package-lock\.json$/.test(file))
  return files.flatMap((file) => problems(file, JSON.parse(readText(file))))
}
