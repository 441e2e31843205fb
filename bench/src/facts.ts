/** Without these a figure cannot be judged or repeated. */
import { execFileSync } from "node:child_process"
import { availableParallelism, cpus, loadavg } from "node:os"
import type { RunFacts } from "./report.ts"

/** Begins a run; the returned function says all of it when it has ended. */
export function runFacts({ seed, isQuick }: Pick<RunFacts, "seed" | "isQuick">): () => RunFacts {
  const startedAt = new Date()
  const loadAverage = loadavg()[0] ?? 0
  return () => ({
    ...commitFacts(),
    startedAt: startedAt.toISOString(),
    seed,
    isQuick,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    cpu: cpus()[0]?.model ?? "unknown",
    cpus: availableParallelism(),
    loadAverage,
    seconds: (Date.now() - startedAt.getTime()) / 1_000,
  })
}

function commitFacts(): Pick<RunFacts, "commit" | "isDirty"> {
  const git = (...words: string[]): string => execFileSync("git", words, { encoding: "utf8" }).trim()
  try {
    return {
      commit: git("rev-parse", "--short", "HEAD"),
      isDirty: git("status", "--porcelain", "--untracked-files=no") !== "",
    }
  } catch (error) {
    process.stderr.write(`no commit to name: ${String(error)}\n`)
    return { commit: "unknown", isDirty: true }
  }
}
