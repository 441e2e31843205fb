/** A real file system that is soon full. */
import { execFileSync } from "node:child_process"
import { closeSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

export interface SmallDisk {
  /** An empty folder on it. */
  readonly folder: string
  /** Takes all the room that is left. */
  fill(): void
  /** Gives it back. */
  free(): void
  remove(): void
}

const MEGABYTE = 1024 * 1024
/** Where containers have a small file system in memory without anybody mounting one. */
const SHARED_MEMORY = "/dev/shm"
const SMALL = 512 * MEGABYTE

/** Mounts one, or takes the shared memory of a container. Throws one sentence where there is neither. */
export function createSmallDisk(megabytes: number): SmallDisk {
  const mounted = mkdtempSync(join(tmpdir(), "lagrange-small-disk-"))
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m,mode=0700`, "tmpfs", mounted], { stdio: "ignore" })
  } catch {
    // Not root, or root without the right to mount.
    rmSync(mounted, { recursive: true })
    return onSharedMemory()
  }
  return smallDisk(mounted, () => {
    execFileSync("umount", ["-l", mounted])
    rmSync(mounted, { recursive: true })
  })
}

function onSharedMemory(): SmallDisk {
  const { blocks, bsize } = statfsSync(SHARED_MEMORY)
  if (blocks * bsize > SMALL) {
    throw new Error(
      "This test fills a disk: run it as root where mounting is allowed (docker run --cap-add SYS_ADMIN), or where /dev/shm is at most 512 MiB.",
    )
  }
  const folder = mkdtempSync(join(SHARED_MEMORY, "lagrange-small-disk-"))
  return smallDisk(folder, () => rmSync(folder, { recursive: true, force: true }))
}

function smallDisk(folder: string, remove: () => void): SmallDisk {
  const ballast = join(folder, "ballast")
  return {
    folder,
    fill: () => {
      const file = openSync(ballast, "a")
      try {
        for (let bytes = 1024 * 1024; bytes >= 1; bytes = Math.floor(bytes / 4))
          writeUntilFull(file, Buffer.alloc(bytes))
      } finally {
        closeSync(file)
      }
    },
    free: () => rmSync(ballast, { force: true }),
    remove,
  }
}

function writeUntilFull(file: number, piece: Buffer): void {
  try {
    for (;;) writeSync(file, piece)
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error
  }
}
