/** Which accounts an operator means: the same words for a page of them, for a change of many, and for an export. */
import type { AccountKind, AccountState } from "#generated/sqlite/enums.ts"
import type { AccountWhereInput } from "#generated/sqlite/models.ts"
import type { Catalogue } from "#shared/catalogue.ts"
import type { Database } from "../database/open.ts"
import { InvalidInputError } from "../failure.ts"
import { MAX_TAGS } from "../input-checks.ts"
import type { ShownStates } from "./shown-state.ts"

/** As GraphQL delivers it: all that is given has to be true of an account. */
export interface AccountFilter {
  readonly ids?: readonly string[] | null | undefined
  readonly states?: readonly AccountState[] | null | undefined
  readonly kinds?: readonly AccountKind[] | null | undefined
  readonly tiers?: readonly string[] | null | undefined
  readonly tags?: readonly string[] | null | undefined
  readonly models?: readonly string[] | null | undefined
  readonly enabled?: boolean | null | undefined
  readonly needsAttention?: boolean | null | undefined
  readonly search?: string | null | undefined
}

/** An account in one of these waits for a person. */
const NEEDS_ATTENTION: AccountState[] = ["NEEDS_LOGIN", "NEEDS_VERIFICATION", "NEEDS_PROJECT", "DISABLED_BY_PROVIDER"]
const MAX_SEARCH_LENGTH = 200
/** Below what a statement takes beside its other values. */
const MAX_LISTED = 900

/** `contains` that ignores the case of letters on both databases: SQLite always does, PostgreSQL has to be told. */
function containing({ kind }: Pick<Database, "kind">, text: string): { contains: string } {
  const contains = text.slice(0, MAX_SEARCH_LENGTH)
  const insensitive = { contains, mode: "insensitive" }
  return kind === "postgresql" ? insensitive : { contains }
}

/** PostgreSQL can look into a list; in SQLite every place that a tag can have is looked at. */
function withTag({ kind }: Pick<Database, "kind">, tag: string): AccountWhereInput {
  if (kind === "postgresql") {
    return { tags: { array_contains: [tag] } } as unknown as AccountWhereInput // that database's own filter
  }
  return { OR: Array.from({ length: MAX_TAGS }, (_, place) => ({ tags: { path: `$[${place}]`, equals: tag } })) }
}

function refuseLonger(list: readonly unknown[] | null | undefined, name: string, most: number): void {
  if (list !== null && list !== undefined && list.length > most) {
    throw new InvalidInputError("too_many", `At most ${most} can be listed.`, ["filter", name])
  }
}

/** Lists are few, as accounts of one kind and plan share theirs; what is in them is no column. */
async function cataloguesWith({ prisma }: Pick<Database, "prisma">, models: readonly string[]): Promise<string[]> {
  const wanted = new Set(models)
  const catalogues = await prisma.catalogue.findMany({ select: { id: true, body: true } })
  return catalogues
    .filter(({ body }) => (body as unknown as Catalogue).models.some(({ id }) => wanted.has(id))) // written from one
    .map(({ id }) => id)
}

export interface FilterMeaning {
  readonly database: Pick<Database, "kind" | "prisma">
  readonly shownStates: Pick<ShownStates, "where">
}

/** What a filter means in the database at this moment. Throws `InvalidInputError`. */
export async function accountsWhere(
  { database, shownStates }: FilterMeaning,
  filter: AccountFilter | null | undefined,
): Promise<AccountWhereInput> {
  const { ids, states, kinds, tiers, tags, models, enabled, needsAttention } = filter ?? {}
  refuseLonger(ids, "ids", MAX_LISTED)
  refuseLonger(tags, "tags", MAX_TAGS)
  refuseLonger(tiers, "tiers", MAX_LISTED)
  refuseLonger(models, "models", MAX_LISTED)
  const search = filter?.search?.trim()
  const attention: AccountWhereInput = { enabled: true, state: { in: NEEDS_ATTENTION } }
  const and: AccountWhereInput[] = []
  if (ids) and.push({ id: { in: [...ids] } })
  if (states) and.push(await shownStates.where(states))
  if (kinds) and.push({ kind: { in: [...kinds] } })
  if (tiers) and.push({ tier: { in: [...tiers] } })
  if (models) and.push({ catalogueId: { in: await cataloguesWith(database, models) } })
  if (typeof enabled === "boolean") and.push({ enabled })
  if (needsAttention === true) and.push(attention)
  if (needsAttention === false) and.push({ NOT: attention })
  if (search) {
    and.push({ OR: [{ label: containing(database, search) }, { email: containing(database, search) }] })
  }
  // As with every list: an empty one is a list of which nothing was found, and never every account.
  if (tags?.length === 0) and.push({ id: { in: [] } })
  for (const tag of tags ?? []) and.push(withTag(database, tag))
  return { AND: and }
}
