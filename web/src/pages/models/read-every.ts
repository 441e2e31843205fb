/** What others change, and which accounts serve, is seen soon. */
export const readEveryMs = 20_000
