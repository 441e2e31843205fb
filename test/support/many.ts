/** Runs `each` for 0 … count−1, `width` at a time; the first rejection is told when all lanes have stopped. */
export async function many(count: number, width: number, each: (index: number) => Promise<void>): Promise<void> {
  let next = 0
  let failure: { readonly error: unknown } | undefined
  const lane = async (): Promise<void> => {
    while (next < count && failure === undefined) {
      try {
        await each(next++)
      } catch (error) {
        failure ??= { error }
      }
    }
  }
  await Promise.all(Array.from({ length: width }, lane))
  if (failure !== undefined) throw failure.error
}
