/** The property that stands in a tool's schema that would have none: the upstream refuses a function without parameters. */

/** Its name. */
export const PLACEHOLDER = "_unused"

/** What the model reads of it; tells it from a client's property of the same name. */
export const PLACEHOLDER_DESCRIPTION = "The function does not use it."

/** Arguments as the client's tool knows them: without the placeholder. Only for tools that were given one. */
export function stripPlaceholder(args: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (!Object.hasOwn(args, PLACEHOLDER)) return args
  const { [PLACEHOLDER]: _, ...rest } = args
  return rest
}

/** Arguments of an earlier call as the model wrote them. Only for tools that are given a placeholder in this request. */
export function addPlaceholder(args: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.hasOwn(args, PLACEHOLDER) ? args : { ...args, [PLACEHOLDER]: true }
}
