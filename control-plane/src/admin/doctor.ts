import { EnvironmentError, readEnvironment } from "#shared/environment.ts"
import type { StoreAddress } from "#shared/store-address.ts"
import { hasDatabase } from "../database/migrate.ts"
import type { Command, CommandInput } from "./command.ts"
import { checkDatabase } from "./doctor-database.ts"
import {
  checkBackups,
  checkDataDirectory,
  checkEnvironment,
  checkMasterKey,
  checkNode,
  checkRoom,
  checkTls,
} from "./doctor-machine.ts"
import { checkClock, checkListener, checkStore } from "./doctor-network.ts"
import type { Finding } from "./finding.ts"

const MARKS = { ok: "ok  ", note: "    ", warn: "warn", fail: "FAIL" } as const satisfies Record<
  Finding["state"],
  string
>

export const doctor: Command = {
  name: "doctor",
  summary: "look at everything that can be wrong, and say what to do",
  usage: "",
  help: `Looks at this machine, the settings, the database and what runs, and changes nothing. One line for each
finding: ok, nothing in front (was not looked at, and why), warn, or FAIL. Ends with 1 when something fails.
Works while the gateway runs and while it is stopped; run it with the same settings as the gateway.`,
  options: {},
  arguments: 0,
  run: async (input) => {
    const findings = await examine(input)
    const lines = findings.map(({ state, about, message }) => `${MARKS[state]} ${about}: ${message}`)
    return { text: lines.join("\n"), data: { findings }, hasFailed: findings.some(({ state }) => state === "fail") }
  },
}

async function examine({ config, env, clock }: CommandInput): Promise<Finding[]> {
  const slips: string[] = []
  const refused: string[] = []
  let store: StoreAddress | undefined
  let tls: { readonly cert: string | undefined; readonly key: string | undefined } = { cert: undefined, key: undefined }
  try {
    // The data plane reads the same environment, and other variables of it.
    const values = readEnvironment("data-plane", env, (slip) => slips.push(slip))
    store = values.VALKEY_URL?.reveal()
    tls = { cert: values.TLS_CERT_FILE, key: values.TLS_KEY_FILE }
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    refused.push(...error.sentences)
  }
  const control = { host: config.host, port: config.port, tls: false, variable: "CONTROL_PORT" }
  return [
    checkNode(),
    ...checkEnvironment(refused, slips),
    ...checkDataDirectory(config),
    checkRoom(config),
    checkMasterKey(config, await hasDatabase(config.databaseUrl.reveal()).catch(() => true)),
    ...(await checkDatabase(config, clock.now())),
    checkBackups(config, clock.now()),
    ...checkTls(tls, clock.now()),
    await checkListener({ about: "control plane", ...control }),
    await checkListener({ about: "data plane", ...config.gateway, variable: "PORT" }),
    ...(await checkStore(store)),
    await checkClock(config, () => clock.now()),
  ]
}
