/** The simulator as a process of its own. Prints one line of JSON when it listens. */
import { writeFileSync } from "node:fs"
import { readConfig } from "./config.ts"
import { startSimulator } from "./simulator.ts"

const { caFile, ...options } = readConfig()
const simulator = await startSimulator(options)
if (caFile !== undefined && simulator.ca !== undefined) writeFileSync(caFile, simulator.ca)
const { url, httpsUrl } = simulator
process.stdout.write(
  `${JSON.stringify({ message: "simulator listening", url, httpsUrl, accounts: simulator.world.accounts.all().length })}\n`,
)

let closing = false
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (closing) return
    closing = true
    void simulator.close().then(() => process.exit(0))
  })
}
