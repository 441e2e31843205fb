/** Knobs that `npm run test:knobs` cannot make dead, each with the reason. */
export const NOT_KILLED: Readonly<Record<string, string>> = {}
