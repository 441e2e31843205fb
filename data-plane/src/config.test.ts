import { EnvironmentError } from "#shared/environment.ts"
import { expect, test } from "vitest"
import { readConfig } from "./config.ts"

const token = { LINK_TOKEN: "laglink_test" }
const read = (env: Record<string, string>): ReturnType<typeof readConfig> => readConfig(() => undefined, env)

test("defaults: loopback, the control plane beside it, its panel", () => {
  expect(read(token)).toMatchObject({
    host: "127.0.0.1",
    port: 8088,
    controlUrl: "http://127.0.0.1:8089",
    panelUrl: "http://127.0.0.1:8089",
    tls: undefined,
  })
  expect(read({ ...token, CONTROL_HOST: "0.0.0.0", CONTROL_PORT: "99" }).controlUrl).toBe("http://127.0.0.1:99")
  expect(read({ ...token, CONTROL_URL: "https://control.example", PANEL_URL: "https://panel.example" })).toMatchObject({
    controlUrl: "https://control.example",
    panelUrl: "https://panel.example",
  })
})

test.each([
  ["no link token", {}, /LINK_TOKEN must be set/],
  ["a public address in clear text", { ...token, HOST: "0.0.0.0" }, /BEHIND_TLS/],
  ["half of TLS", { ...token, TLS_CERT_FILE: "/x" }, /set together/],
  [
    "a certificate that is not there",
    { ...token, TLS_CERT_FILE: "/nowhere/c", TLS_KEY_FILE: "/nowhere/k" },
    /TLS_CERT_FILE must be a readable file/,
  ],
  ["a collector without a scheme", { ...token, OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4318" }, /must be an http/],
  ["headers without a value", { ...token, OTEL_EXPORTER_OTLP_HEADERS: "no-value" }, /comma list of NAME=VALUE/],
])("%s is refused with one sentence", (_name, env, sentence) => {
  expect(() => read(env)).toThrow(EnvironmentError)
  expect(() => read(env)).toThrow(sentence)
})

test.each(["BEHIND_TLS", "CLEAR_TEXT"])("a public address is allowed with %s", (name) => {
  expect(read({ ...token, HOST: "0.0.0.0", [name]: "on" }).host).toBe("0.0.0.0")
})

test("metrics and traces are off until an operator asks for them; what a collector's headers hold is a secret", () => {
  expect(read(token)).toMatchObject({ metrics: undefined, traces: undefined })
  const { metrics, traces } = read({
    ...token,
    METRICS_PORT: "9464",
    METRICS_HOST: "0.0.0.0",
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318/",
    OTEL_EXPORTER_OTLP_HEADERS: "Authorization=Basic%20abc%3D, x-tenant=one",
  })
  expect(metrics).toEqual({ host: "0.0.0.0", port: 9464 })
  expect(traces?.endpoint).toBe("http://127.0.0.1:4318")
  expect(traces?.headers?.reveal()).toEqual({ authorization: "Basic abc=", "x-tenant": "one" })
  expect(JSON.stringify(traces)).not.toContain("abc")
})

test("the way out is as it is told: through which proxy, trusting whom", () => {
  expect(read(token)).toMatchObject({ outboundProxy: undefined, upstreamCaFile: undefined })
  const { outboundProxy, upstreamCaFile } = read({
    ...token,
    OUTBOUND_PROXY: "http://user:password@127.0.0.1:3128",
    UPSTREAM_CA_FILE: "/somewhere/ca.pem",
  })
  expect([outboundProxy?.reveal(), upstreamCaFile]).toEqual([
    "http://user:password@127.0.0.1:3128",
    "/somewhere/ca.pem",
  ])
})

test("the store that data planes share is one of a known kind, and its password is told nowhere", () => {
  expect(read(token).sharedStore).toBeUndefined()
  const { sharedStore } = read({ ...token, VALKEY_URL: "rediss://planes:canary-of-the-store@valkey/1" })
  expect(sharedStore?.reveal()).toMatchObject({ host: "valkey", isTls: true, user: "planes", database: 1 })
  expect(JSON.stringify({ sharedStore })).not.toContain("canary")
  const refused = (): unknown => read({ ...token, VALKEY_URL: "http://planes:canary-of-the-store@valkey" })
  expect(refused).toThrow("VALKEY_URL must be an address of the form redis://[user:password@]host[:port][/database]")
  expect(refused).not.toThrow("canary")
})
