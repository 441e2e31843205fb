import { describe, expect, it } from "vitest"
import { readConfig } from "./config.ts"

describe("the environment of the simulator", () => {
  it("has a default for everything", () => {
    expect(readConfig({})).toMatchObject({
      host: "127.0.0.1",
      port: 8090,
      seed: "simulator",
      accounts: 12,
      tokenLifetime: 3599,
      caFile: undefined,
    })
    expect(readConfig({})).not.toHaveProperty("tlsPort")
  })

  it("reads numbers, lists and blanks", () => {
    const config = readConfig({
      SIMULATOR_PORT: "0",
      SIMULATOR_TLS_PORT: "8443",
      SIMULATOR_SEED: " ",
      SIMULATOR_DISABLED_RULES: "role,parts-empty",
    })
    expect(config).toMatchObject({ port: 0, tlsPort: 8443, seed: "simulator", disabledRules: ["role", "parts-empty"] })
    expect(() => readConfig({ SIMULATOR_PORT: "many" })).toThrow(/SIMULATOR_PORT/)
  })
})
