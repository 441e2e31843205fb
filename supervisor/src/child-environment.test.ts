import { describe, expect, it } from "vitest"
import { childEnvironment } from "./child-environment.ts"
import { readConfig } from "./config.ts"

const unknown = { control: undefined, gateway: undefined }

describe("childEnvironment", () => {
  it("keeps from each plane what only the other reads, and leaves Node's and the system's names", () => {
    const own = {
      PATH: "/bin",
      NODE_OPTIONS: "--no-warnings",
      HTTPS_PROXY: "http://127.0.0.1:9",
      DATA_DIR: "/nowhere",
      LOG_LEVEL: "warn",
      NODE_NAME: "here",
    }
    const ofControlPlane = {
      MASTER_KEY: "obviously-fake",
      MASTER_KEY_FILE: "/nowhere/key",
      ADMIN_PASSWORD: "obviously-fake",
      ADMIN_TOKEN: "obviously-fake",
      API_KEY: "obviously-fake",
      DATABASE_URL: "file:/nowhere/database",
      GOOGLE_OAUTH_CLIENT_SECRET: "obviously-fake",
    }
    const ofDataPlane = { TLS_KEY_FILE: "/nowhere/tls" }
    const config = readConfig({ ...own, ...ofControlPlane, ...ofDataPlane })
    const agreed = {
      NODE_ENV: "production",
      LINK_TOKEN: "token",
      LOG_FORMAT: config.logFormat,
      CONTROL_PORT: "8089",
      PORT: "8088",
      CONTROL_URL: "http://127.0.0.1:8089",
    }
    expect(childEnvironment("data-plane", config, "token", unknown)).toEqual({ ...own, ...ofDataPlane, ...agreed })
    expect(childEnvironment("control-plane", config, "token", unknown)).toEqual({
      ...own,
      ...ofControlPlane,
      ...agreed,
    })
  })

  it("has them write in colours where a terminal shows them", () => {
    const config = { ...readConfig({}), isColoured: true }
    expect(childEnvironment("data-plane", config, "token", unknown)).toMatchObject({ FORCE_COLOR: "1" })
  })

  it("keeps a port that the system chose", () => {
    const config = readConfig({ PORT: "0", CONTROL_PORT: "0", CONTROL_HOST: "::1" })
    const told = { control: "http://[::1]:4711", gateway: "http://127.0.0.1:4712" }
    expect(childEnvironment("control-plane", config, "token", told)).toMatchObject({
      CONTROL_PORT: "4711",
      PORT: "4712",
      CONTROL_URL: "http://[::1]:4711",
    })
  })
})
