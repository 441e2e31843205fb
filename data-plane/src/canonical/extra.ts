import type { DialectName } from "../dialects/dialect.ts"

/** Opaque things by the dialect that needs them back. On a part they also say that it came by that wire. */
export type Extra = Readonly<Partial<Record<DialectName, Readonly<Record<string, unknown>>>>>
