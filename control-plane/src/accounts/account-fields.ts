/** Checks of what an operator says of an account, the same whether it is added or changed. Pure; they throw `InvalidInputError`. */
import { checkName, checkRange, refuseField, type Given } from "../input-checks.ts"

const MAX_DISABLED_MODELS = 200
const MAX_MODEL_LENGTH = 200

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

/** Ids as the upstream has them. */
export function checkDisabledModels(value: Given<readonly string[]>): readonly string[] | undefined {
  if (value === null || value === undefined) return undefined
  if (value.length > MAX_DISABLED_MODELS) {
    refuseField("too_many", `At most ${MAX_DISABLED_MODELS} models can be disabled.`, "disabledModels")
  }
  return [...new Set(value.map((model) => checkName(model, ["input", "disabledModels"], MAX_MODEL_LENGTH)))]
}
