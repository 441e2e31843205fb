import { COMMANDS } from "../../../control-plane/src/admin/commands.ts"
import type { Command } from "../../../control-plane/src/admin/command.ts"
import { changeChildren } from "./children.ts"
import type { DeadKnob } from "./dead-knob.ts"

/** The command runs as if it had not been given, in this process and in one of its own. */
export function killOption({ name }: DeadKnob, isDead: () => boolean): void {
  const [owner, option = ""] = name.split(".")
  const command: { run: Command["run"]; options: Command["options"] } | undefined = COMMANDS.find(
    (one) => one.name === owner,
  )
  const kind = command?.options[option]?.type
  if (command === undefined || kind === undefined) throw new Error(`no option is called ${name}`)
  const run = command.run.bind(command)
  command.run = (input) => run(isDead() ? { ...input, values: { ...input.values, [option]: undefined } } : input)
  changeChildren(({ args, env }) => {
    const at = isDead() && args.includes(String(owner)) ? args.indexOf(`--${option}`) : -1
    return { args: at === -1 ? args : args.toSpliced(at, kind === "string" ? 2 : 1), env }
  })
}
