/** Checks of what an operator says of an account, the same whether it is added or changed. Pure; they throw `InvalidInputError`. */
import { checkName } from "../api-keys/api-keys.ts"
import { InvalidInputError } from "../failure.ts"

const MAX_TAGS = 20
const MAX_TAG_LENGTH = 50
const MAX_DISABLED_MODELS = 200
const MAX_MODEL_LENGTH = 200

/** What is left out and what is null is not given. */
type Given<T> = T | null | undefined

export function refuseField(code: string, message: string, name: string): never {
  throw new InvalidInputError(code, message, ["input", name])
}

export function checkWeight(value: Given<number>): number | undefined {
  return checkRange(value, "weight", 1, 1_000)
}

export function checkPriority(value: Given<number>): number | undefined {
  return checkRange(value, "priority", -1_000, 1_000)
}

export function checkMaxConcurrent(value: Given<number>): number | undefined {
  return checkRange(value, "maxConcurrent", 0, 1_000_000)
}

export function checkReserve(value: Given<number>): number | undefined {
  if (value === null || value === undefined) return undefined
  if (!(value >= 0 && value < 1))
    refuseField("out_of_range", "The reserve is a number from 0 to less than 1.", "reserve")
  return value
}

export function checkLabel(value: Given<string>): string | undefined {
  return value ? checkName(value, ["input", "label"]) : undefined
}

export function checkProject(value: Given<string>): string | undefined {
  const id = value?.trim() ?? ""
  if (id === "") return undefined
  if (!/^[a-z0-9][a-z0-9.:-]{0,99}$/i.test(id)) {
    refuseField("malformed", "A project id holds letters, digits, hyphens, dots and colons only.", "projectId")
  }
  return id
}

export function checkTags(value: Given<readonly string[]>): readonly string[] | undefined {
  if (value === null || value === undefined) return undefined
  if (value.length > MAX_TAGS) refuseField("too_many", `An account has at most ${MAX_TAGS} tags.`, "tags")
  return [...new Set(value.map((tag) => checkName(tag, ["input", "tags"], MAX_TAG_LENGTH)))]
}

/** Ids as the upstream has them. */
export function checkDisabledModels(value: Given<readonly string[]>): readonly string[] | undefined {
  if (value === null || value === undefined) return undefined
  if (value.length > MAX_DISABLED_MODELS) {
    refuseField("too_many", `At most ${MAX_DISABLED_MODELS} models can be disabled.`, "disabledModels")
  }
  return [...new Set(value.map((model) => checkName(model, ["input", "disabledModels"], MAX_MODEL_LENGTH)))]
}

function checkRange(value: Given<number>, name: string, low: number, high: number): number | undefined {
  if (value === null || value === undefined) return undefined
  if (value < low || value > high) {
    refuseField("out_of_range", `The ${name} is a whole number from ${low} to ${high}.`, name)
  }
  return value
}
