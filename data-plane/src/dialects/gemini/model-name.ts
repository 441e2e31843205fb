/** Collections that models stand in; clients write them before a name, some twice. */
const COLLECTION = /^(?:(?:models|tunedModels)\/)+/

/** `models/NAME` as lists show it, or the name alone. */
export function readModelName(given: unknown): string {
  return typeof given === "string" ? given.replace(COLLECTION, "") : ""
}

export function writeModelName(name: string): string {
  return `models/${name}`
}
