import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll } from "vitest"
import { ENVIRONMENT, type Variable } from "#shared/environment.ts"
import { changeChildren } from "./children.ts"
import type { DeadKnob } from "./dead-knob.ts"

/** What stands for the default where that is not for a test: somebody's data, ports that others may hold, Google. */
const INSTEAD: Readonly<Record<string, () => string>> = {
  DATA_DIR: () => {
    const folder = mkdtempSync(join(tmpdir(), "lagrange-dead-knob-"))
    afterAll(() => rmSync(folder, { recursive: true, force: true }))
    return folder
  },
  PORT: () => "0",
  CONTROL_PORT: () => "0",
  ANTIGRAVITY_BASE_URLS: () => NOWHERE,
  GOOGLE_OAUTH_AUTH_URL: () => NOWHERE,
  GOOGLE_OAUTH_TOKEN_URL: () => NOWHERE,
  GOOGLE_USERINFO_URL: () => NOWHERE,
}
const NOWHERE = "http://127.0.0.1:9"

/** Whatever it says, planes in this process read its default, as a setting too; children are started without it. */
export function killVariable({ name }: DeadKnob, isDead: () => boolean): void {
  const row: { parse: Variable["parse"]; default: string | undefined } | undefined = Object.entries<Variable>(
    ENVIRONMENT,
  ).find(([one]) => one === name)?.[1]
  if (row === undefined) throw new Error(`no variable is called ${name}`)
  const instead = INSTEAD[name]?.()
  const { parse, default: unset } = row
  const read = instead ?? unset
  row.parse = Object.assign((text: string) => {
    if (!isDead()) return parse(text)
    return read === undefined ? undefined : parse(read)
  }, parse)
  changeChildren(({ env, args }) => {
    if (!isDead()) return { env, args }
    const others = env.filter((pair) => !pair.startsWith(`${name}=`))
    return { args, env: instead === undefined ? others : [...others, `${name}=${instead}`] }
  })
}
