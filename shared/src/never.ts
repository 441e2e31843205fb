/** Closes an exhaustive switch: the compiler complains where a member of the union is not handled. */
export function never(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`)
}
