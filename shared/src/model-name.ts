import type { Catalogue } from "./catalogue.ts"

const skeleton = (..._unused: unknown[]): never => {
  throw new Error("not built yet")
}

export interface ResolveModelInput {
  readonly asked: string
  /** Exact names and patterns with `*`. */
  readonly aliases: Readonly<Record<string, string>>
  /** The live lists of usable accounts; empty: no list is known. */
  readonly catalogues: readonly Catalogue[]
}

export type ModelResolution =
  | { readonly model: string; readonly via: "deprecated" | "alias" | "exact" | "pass-through" }
  | { readonly notFound: string; readonly nearest: readonly string[] }

export const DEFAULT_ALIASES: Readonly<Record<string, string>> = {}

export function resolveModel(input: ResolveModelInput): ModelResolution {
  return skeleton(input)
}

/** Internal models of the upstream that no client should see. */
export function isHiddenModel(id: string): boolean {
  return skeleton(id)
}
