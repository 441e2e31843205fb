import { createAuth } from "../auth/auth.ts"
import { normaliseName } from "../auth/administrators.ts"
import { ADMIN_NAME } from "../auth/admin.ts"
import { CommandError, textOption, type Command } from "./command.ts"
import { commandLine, requireMasterKey, withDatabase } from "./open.ts"

export const resetPassword: Command = {
  name: "reset-password",
  summary: "give an administrator a new password",
  usage: "[--name NAME] [--from-stdin]",
  help: `Gives an administrator a new password: a generated one, which is printed, or the first line of standard
input with --from-stdin. Ends the sessions of this one and forgets failed sign-ins, so that the new password
works at once. Works while the gateway runs and while it is stopped.

  --name NAME     whose password; without it that of "${ADMIN_NAME}"
  --from-stdin    read the password from standard input`,
  options: { name: { type: "string" }, "from-stdin": { type: "boolean" } },
  arguments: 0,
  run: async (input) => {
    const { config, clock, log } = input
    const name = normaliseName(textOption(input, "name") ?? ADMIN_NAME)
    const given = input.values["from-stdin"] === true ? await input.readLine() : undefined
    const { key: masterKey } = requireMasterKey(config)
    return withDatabase({ config, masterKey, clock, log }, async ({ database, vault, audit }) => {
      const user = await database.prisma.adminUser.findUnique({ where: { name } })
      if (user === null) {
        const names = (await database.prisma.adminUser.findMany({ take: 20 })).map((row) => row.name)
        throw new CommandError(`There is no administrator "${name}". There are: ${names.join(", ")}.`)
      }
      const auth = createAuth({
        database,
        clock,
        audit,
        vault,
        adminToken: config.adminToken,
        secureCookies: config.behindTls,
        readOnly: config.readOnly,
        hasEnvironmentPassword: config.adminPassword !== undefined,
        onEnd: () => undefined,
      })
      const attempt = { actor: commandLine(), action: "resetPassword" }
      const { password } = await audit.attempt(attempt, async () => {
        const reset = await auth.administrators.resetPassword(user.id, given)
        await database.prisma.signInFailure.deleteMany({})
        return reset
      })
      // Streams that its sessions have open end.
      database.peers.tell()
      const shown = password === undefined ? "" : `\nPassword: ${password}   (shown this once)`
      const isDisabled =
        user.disabledAt === null ? "" : "\nThis administrator is disabled: an owner enables it in the panel."
      return {
        text: `"${name}" has a new password, and is signed out everywhere.${isDisabled}${shown}`,
        data: { name, ...(password === undefined ? {} : { password }) },
      }
    })
  },
}
