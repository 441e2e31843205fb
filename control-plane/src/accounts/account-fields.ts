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
export function checkDisabledModels(
  value: Given<readonly string[]>,
  name: keyof ModelSwitches = "disabledModels",
): readonly string[] | undefined {
  if (value === null || value === undefined) return undefined
  if (value.length > MAX_DISABLED_MODELS) {
    refuseField("too_many", `At most ${MAX_DISABLED_MODELS} models can be disabled.`, name)
  }
  return [...new Set(value.map((model) => checkName(model, ["input", name], MAX_MODEL_LENGTH)))]
}

/** Which models an account must not serve: the whole list, or what is switched of it, so that two who switch at once both have it. */
export interface ModelSwitches {
  /** Null is an empty one. */
  readonly disabledModels?: readonly string[] | null | undefined
  readonly disableModels?: readonly string[] | null | undefined
  readonly enableModels?: readonly string[] | null | undefined
}

/** What becomes of the list; undefined: it stays. */
export function checkModelSwitches(input: ModelSwitches): ((before: readonly string[]) => string[]) | undefined {
  const { disabledModels } = input
  const whole = checkDisabledModels(disabledModels === null ? [] : disabledModels)
  const off = checkDisabledModels(input.disableModels, "disableModels")
  const on = checkDisabledModels(input.enableModels, "enableModels")
  if (off === undefined && on === undefined) return whole && (() => [...whole])
  if (whole !== undefined) {
    refuseField("not_used", "Give the whole list, or the models to switch, not both.", "disabledModels")
  }
  const stray = off?.find((model) => on?.includes(model))
  if (stray !== undefined) {
    refuseField("not_used", `Disable ${stray}, or enable it, not both.`, "enableModels")
  }
  return (before) => {
    const after = [...new Set([...before, ...(off ?? [])])].filter((model) => on?.includes(model) !== true)
    return [...(checkDisabledModels(after, "disableModels") ?? [])]
  }
}
