import { readFileSync } from "node:fs"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  ENVIRONMENT,
  EnvironmentError,
  readEnvironment,
  renderConfigurationTable,
  renderEnvExample,
  WITHOUT_EFFECT,
  type Process,
  type Variable,
} from "./environment.ts"
import { VERSION } from "./version.ts"

const PROCESSES: readonly Process[] = ["control-plane", "data-plane", "supervisor"]

function warnings(env: Record<string, string>): string[] {
  const sentences: string[] = []
  readEnvironment("data-plane", env, (sentence) => sentences.push(sentence))
  return sentences
}

const neverWarn = (sentence: string): never => {
  throw new Error(`unexpected warning: ${sentence}`)
}

describe("readEnvironment", () => {
  it("gives the documented defaults", () => {
    const control = readEnvironment("control-plane", {}, neverWarn)
    expect(control).toMatchObject({
      PORT: 8088,
      HOST: "127.0.0.1",
      CONTROL_PORT: 8089,
      CONTROL_HOST: "127.0.0.1",
      MAX_CONCURRENT_PER_MODEL: 2,
      MAX_CONCURRENT_PER_ACCOUNT: 1,
      DATA_DIR: "./data",
      BEHIND_TLS: false,
      ANTIGRAVITY_BASE_URLS: ["https://daily-cloudcode-pa.googleapis.com", "https://cloudcode-pa.googleapis.com"],
      ANTIGRAVITY_USER_AGENT: `lagrange/${VERSION}`,
      GOOGLE_OAUTH_TOKEN_URL: "https://oauth2.googleapis.com/token",
      FIRST_BYTE_TIMEOUT_MS: 120_000,
      STREAM_IDLE_TIMEOUT_MS: 180_000,
      LOG_LEVEL: "info",
    })
    expect(control.ADMIN_PASSWORD).toBeUndefined()
    expect(control.LOG_FORMAT).toBeUndefined()
  })

  it("reads values, and takes empty ones for unset", () => {
    const env = {
      PORT: " 9000 ",
      HOST: "",
      ADMIN_PASSWORD: "a long password",
      ANTIGRAVITY_BASE_URLS: "prod, http://127.0.0.1:9/x/ ,prod",
      LOG_LEVEL: "WARN",
      BEHIND_TLS: "yes",
      TRUSTED_PROXIES: "10.0.0.0/8, 2001:db8::7,10.0.0.0/8",
    }
    const control = readEnvironment("control-plane", env, neverWarn)
    expect(control).toMatchObject({
      PORT: 9_000,
      HOST: "127.0.0.1",
      ANTIGRAVITY_BASE_URLS: ["https://cloudcode-pa.googleapis.com", "http://127.0.0.1:9/x"],
      LOG_LEVEL: "warn",
      BEHIND_TLS: true,
      TRUSTED_PROXIES: ["10.0.0.0/8", "2001:db8::7"],
    })
    expect(control.ADMIN_PASSWORD?.reveal()).toBe("a long password")
    expect(JSON.stringify(control)).not.toContain("a long password")
  })

  it("gives a process only what it may read", () => {
    const env = { ADMIN_PASSWORD: "x", MASTER_KEY: "x", LINK_TOKEN: "x" }
    const data = readEnvironment("data-plane", env, neverWarn)
    expect(Object.keys(data)).toContain("LINK_TOKEN")
    for (const name of ["ADMIN_PASSWORD", "API_KEY", "MASTER_KEY", "DATABASE_URL", "GOOGLE_OAUTH_CLIENT_SECRET"]) {
      expect(Object.keys(data)).not.toContain(name)
    }
  })

  it.each([
    ["PORT", "http", "PORT must be a whole number from 0 to 65535."],
    ["PORT", "65536", "PORT must be a whole number from 0 to 65535."],
    ["PORT", "-1", "PORT must be a whole number from 0 to 65535."],
    ["HOST", "http://x", "HOST must be a host name or an address, without scheme and port."],
    [
      "ALERT_WEBHOOK_HOSTS",
      "https://hooks.example.com/x",
      "ALERT_WEBHOOK_HOSTS must be a comma list of host names, *.domains, addresses and ranges, each with http:// before it where " +
        "clear text is allowed, and with :PORT after it where only that is.",
    ],
    ["MAX_CONCURRENT_PER_MODEL", "two", "MAX_CONCURRENT_PER_MODEL must be a whole number from 0 to 1000000."],
    [
      "THINKING_BUDGETS",
      "low:2000",
      "THINKING_BUDGETS must be a comma list of EFFORT=TOKENS, such as low=2000,max=maximum; efforts are minimal, low, medium, " +
        "high, xhigh, max, auto, tokens are from 1 to 1000000 or, but for auto, the word maximum.",
    ],
    ["ATTRIBUTION_BLOCK", "off", "ATTRIBUTION_BLOCK must be one of drop, keep."],
    [
      "OUTBOUND_PROXY",
      "socks5://x:1",
      "OUTBOUND_PROXY must be an address of the form http://[user:password@]host:port.",
    ],
    ["DATABASE_URL", "mysql://x", "DATABASE_URL must be file:PATH or postgresql://USER:PASSWORD@HOST:PORT/NAME."],
    [
      "ANTIGRAVITY_BASE_URLS",
      "daily,nope",
      "ANTIGRAVITY_BASE_URLS must be a comma list of daily, prod, or http(s) addresses.",
    ],
    ["ANTIGRAVITY_BASE_URLS", ",", "ANTIGRAVITY_BASE_URLS must be a comma list of daily, prod, or http(s) addresses."],
    [
      "ANTIGRAVITY_BASE_URLS",
      "toString",
      "ANTIGRAVITY_BASE_URLS must be a comma list of daily, prod, or http(s) addresses.",
    ],
    ["ANTIGRAVITY_USER_AGENT", "a\nb", "ANTIGRAVITY_USER_AGENT must be printable ASCII text without line breaks."],
    [
      "GOOGLE_OAUTH_TOKEN_URL",
      "https://u:p@x",
      "GOOGLE_OAUTH_TOKEN_URL must be an http:// or https:// address without credentials and query.",
    ],
    ["BEHIND_TLS", "maybe", "BEHIND_TLS must be on or off."],
    ...["10.0.0.0/33", "proxy.example", "0.0.0.0/0", "10.0.0.1,", "10.0.0.1,::/0"].map((value) => [
      "TRUSTED_PROXIES",
      value,
      "TRUSTED_PROXIES must be a comma list of addresses and ranges, such as 10.0.0.0/8,2001:db8::7, none of them /0.",
    ]),
    ["LOG_LEVEL", "loud", "LOG_LEVEL must be one of debug, info, warn, error."],
    ["FIRST_BYTE_TIMEOUT_MS", "0", "FIRST_BYTE_TIMEOUT_MS must be a whole number from 1 to 86400000."],
  ])("refuses %s=%s", (name, value, sentence) => {
    expect(() => readEnvironment("control-plane", { [name]: value }, neverWarn)).toThrow(
      new EnvironmentError([sentence]),
    )
  })

  it("names every bad value at once, and none of the values", () => {
    const read = () => readEnvironment("control-plane", { PORT: "canary", OUTBOUND_PROXY: "canary" }, neverWarn)
    expect(read).toThrow(/^PORT must be .*\.\nOUTBOUND_PROXY must be .*\.$/)
    expect(read).not.toThrow(/canary/)
  })

  it("does not refuse for one process what another reads", () => {
    expect(readEnvironment("data-plane", { MAX_CONCURRENT_PER_MODEL: "two" }, neverWarn).PORT).toBe(8088)
  })

  it.each([
    ["MAX_CONCURENT_PER_MODEL", "MAX_CONCURRENT_PER_MODEL"],
    ["MAX_CONCURRENT_PER_ACCOUNTS", "MAX_CONCURRENT_PER_ACCOUNT"],
    ["ADMIN_PASWORD", "ADMIN_PASSWORD"],
    ["APIKEY", "API_KEY"],
    ["PROT", "PORT"],
    ["port", "PORT"],
    ["DATADIR", "DATA_DIR"],
    ["OUTBOUND_PROXI", "OUTBOUND_PROXY"],
    ["VALKEY_URI", "VALKEY_URL"],
  ])("warns about the slip %s", (name, meant) => {
    expect(warnings({ [name]: "1" })).toEqual([`${name} is not one of our variables; did you mean ${meant}?`])
  })

  it("warns about names that only we can have meant", () => {
    expect(warnings({ ANTIGRAVITY_ENDPOINT: "x", CONTROL_PLANE_TOKEN: "x" })).toEqual([
      "ANTIGRAVITY_ENDPOINT is not one of our variables and has no effect.",
      "CONTROL_PLANE_TOKEN is not one of our variables and has no effect.",
    ])
  })

  it.each(WITHOUT_EFFECT)("warns that %s has no effect, and refuses no value of it", (name) => {
    expect(warnings({ [name]: "anything at all" })).toEqual([`${name} has no effect in this version.`])
  })

  it("tells which command reads a name that this process does not", () => {
    expect(warnings({ DEMO_SEED: "x" })).toEqual(["DEMO_SEED has no effect here: only npm run demo reads it."])
  })

  it("says nothing about what other programs need", () => {
    const usual = [
      "PATH",
      "HOME",
      "HOSTNAME",
      "PWD",
      "USER",
      "SHELL",
      "TERM",
      "LANG",
      "NODE_ENV",
      "NODE_OPTIONS",
      "SSL_CERT_FILE",
      "SSL_CERT_DIR",
      "POSTGRES_HOST",
      "TZ",
      "CI",
      "LOGNAME",
      "HTTP_PROXY",
      "https_proxy",
      "NO_PROXY",
      "EDITOR",
      "PS1",
      "_",
      "npm_config_cache",
      "DISPLAY",
      "GOOGLE_API_KEY",
      "GEMINI_API_KEY",
      "OPENAI_API_KEY",
    ]
    expect(warnings(Object.fromEntries(usual.map((name) => [name, "x"])))).toEqual([])
  })

  it("throws nothing but EnvironmentError", () => {
    const names = fc.oneof(fc.constantFrom(...Object.keys(ENVIRONMENT)), fc.string())
    fc.assert(
      fc.property(fc.constantFrom(...PROCESSES), fc.dictionary(names, fc.string()), (process, env) => {
        try {
          readEnvironment(process, env, () => undefined)
        } catch (error) {
          expect(error).toBeInstanceOf(EnvironmentError)
        }
      }),
    )
  })
})

describe("what is printed from the table", () => {
  it("is what .env.example and the configuration reference hold", () => {
    const root = new URL("../../", import.meta.url)
    expect(readFileSync(new URL(".env.example", root), "utf8")).toBe(renderEnvExample())
    expect(readFileSync(new URL("docs/reference/configuration.md", root), "utf8")).toContain(
      renderConfigurationTable().trim(),
    )
  })

  it("names every variable once, each default as a process would read it", () => {
    const lines = renderEnvExample()
      .split("\n")
      .filter((line) => /^#[A-Z]/.test(line))
    expect(lines.map((line) => line.slice(1).split("=")[0])).toEqual(Object.keys(ENVIRONMENT))
    const env = Object.fromEntries(lines.map((line) => line.slice(1).split(/=(.*)/s).slice(0, 2)))
    for (const process of PROCESSES) {
      expect(readEnvironment(process, env, neverWarn)).toEqual(readEnvironment(process, {}, neverWarn))
    }
  })
})

describe("what a variable tells of its form", () => {
  const forms = Object.entries<Variable>(ENVIRONMENT).flatMap(([name, { parse }]) =>
    parse.form === undefined ? [] : [{ name, parse, form: parse.form }],
  )
  const takes = ({ parse }: Pick<Variable, "parse">, text: string): boolean => {
    try {
      parse(text)
      return true
    } catch {
      return false
    }
  }
  const of = (kind: string) => forms.filter(({ form }) => form.kind === kind)

  it.each(of("INTEGER"))("$name: its bounds are those that are taken", (variable) => {
    const { minimum = Number.NaN, maximum = Number.NaN } = variable.form
    const asked = [minimum - 1, minimum, maximum, maximum + 1].map((value) => takes(variable, String(value)))
    expect(asked).toEqual([false, true, true, false])
  })

  it.each([...of("CHOICE"), ...of("SWITCH")])("$name: its choices are taken, and no other word", (variable) => {
    const choices = variable.form.choices ?? ["on", "off"]
    expect(choices.filter((choice) => !takes(variable, choice))).toEqual([])
    expect(takes(variable, "perhaps")).toBe(false)
  })

  it.each(of("MAP"))("$name: its keys are taken with its choices and numbers, and no other key", (variable) => {
    const { keys = [], choices = [], minimum, maximum } = variable.form
    const [first = ""] = keys
    expect(choices.filter((choice) => !takes(variable, `${first}=${choice}`))).toEqual([])
    const numbers = [minimum, maximum].filter((value) => value !== undefined)
    const value = numbers[0] ?? choices[0] ?? ""
    expect(keys.filter((key) => !takes(variable, `${key}=${value}`))).toEqual([])
    expect(numbers.filter((number) => !takes(variable, `${first}=${number}`))).toEqual([])
    expect(takes(variable, `nobody=${value}`)).toBe(false)
  })

  it("is there for all but texts", () => {
    expect(new Set(forms.map(({ form }) => form.kind))).toEqual(new Set(["INTEGER", "SWITCH", "CHOICE", "LIST", "MAP"]))
  })
})
