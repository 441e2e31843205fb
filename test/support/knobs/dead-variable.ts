import { ENVIRONMENT, type Variable } from "#shared/environment.ts"
import { changeChildren } from "./children.ts"
import type { DeadKnob } from "./dead-knob.ts"

/** Whatever it says, planes in this process read its default, as a setting too; children are started without it. */
export function killVariable({ name }: DeadKnob, isDead: () => boolean): void {
  const row: { parse: Variable["parse"]; default: string | undefined } | undefined = Object.entries<Variable>(
    ENVIRONMENT,
  ).find(([one]) => one === name)?.[1]
  if (row === undefined) throw new Error(`no variable is called ${name}`)
  const { parse, default: unset } = row
  row.parse = Object.assign((text: string) => {
    if (!isDead()) return parse(text)
    return unset === undefined ? undefined : parse(unset)
  }, parse)
  changeChildren(({ env, ...rest }) => ({
    ...rest,
    env: isDead() ? env.filter((pair) => !pair.startsWith(`${name}=`)) : env,
  }))
}
