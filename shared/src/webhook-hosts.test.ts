import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { parseWebhookHosts } from "./webhook-hosts.ts"

function refusalOf(list: string, url: string): string | undefined {
  const hosts = parseWebhookHosts(list)
  if (hosts === undefined) throw new Error(`${list} is no list`)
  return hosts.refusal(new URL(url))
}

describe("which addresses a list allows", () => {
  it.each([
    ["hooks.example.com", "https://hooks.example.com/a?b=c"],
    ["a.example, Hooks.Example.com", "https://HOOKS.example.com./x"],
    ["*.example.com", "https://a.b.example.com/"],
    ["hooks.example.com:8443", "https://hooks.example.com:8443/"],
    ["hooks.example.com", "https://hooks.example.com:9000/"],
    ["10.0.0.0/8", "https://10.1.2.3/"],
    ["[2001:db8::7]:8443", "https://[2001:db8::7]:8443/"],
    ["2001:db8::7", "https://[2001:db8::7]/"],
    ["127.0.0.1", "http://127.0.0.1:9000/"],
    ["localhost", "http://localhost:9000/"],
    ["http://alerts.internal", "http://alerts.internal/"],
    ["http://10.0.0.5:9000", "http://10.0.0.5:9000/"],
  ])("%s allows %s", (list, url) => expect(refusalOf(list, url)).toBeUndefined())

  it.each([
    ["hooks.example.com", "https://evil.example/", "does not allow"],
    ["hooks.example.com", "https://hooks.example.com.evil.example/", "does not allow"],
    ["*.example.com", "https://example.com/", "does not allow"],
    ["*.example.com", "https://evilexample.com/", "does not allow"],
    ["hooks.example.com:8443", "https://hooks.example.com/", "does not allow"],
    ["hooks.example.com", "http://hooks.example.com/", "https://"],
    ["10.0.0.0/8", "http://10.1.2.3/", "https://"],
    ["10.0.0.0/8", "https://11.1.2.3/", "does not allow"],
    ["hooks.example.com", "ftp://hooks.example.com/", "https://"],
    ["hooks.example.com", "https://user:secret@hooks.example.com/", "password"],
    ["127.0.0.1", "https://0x7f.1.1.1/", "does not allow"],
  ])("%s does not allow %s: %s", (list, url, why) => expect(refusalOf(list, url)).toContain(why))

  it("leads a name to public addresses, and to others only where they are listed", () => {
    const hosts = parseWebhookHosts("hooks.example.com,10.1.0.0/16")
    const judged = ["1.1.1.1", "10.1.2.3", "10.2.2.3", "127.0.0.1", "169.254.169.254", "::1", "::ffff:10.1.2.3"]
    expect(judged.map((address) => hosts?.allowsAddress(address))).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
      true,
    ])
  })
})

describe("what is no list", () => {
  it.each([
    "",
    "a,,b",
    "https://a.example",
    "a.example/path",
    "*",
    "0.0.0.0/0",
    "::/0",
    "a b",
    "a:0",
    "a:70000",
    "1.2.3",
    "-a",
  ])("%j", (text) => expect(parseWebhookHosts(text)).toBeUndefined())

  it("never throws, and never allows a host that no entry names", () => {
    const hosts = fc.array(fc.oneof(fc.domain(), fc.ipV4(), fc.string()), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(hosts, fc.domain(), (entries, domain) => {
        const list = parseWebhookHosts(entries.join(","))
        if (list === undefined) return
        const names = entries
          .join(",")
          .split(",")
          .map((entry) => entry.trim().toLowerCase().replace(/:\d+$/, ""))
        const isNamed = names.some(
          (name) => name === domain || (name.startsWith("*.") && domain.endsWith(name.slice(1))),
        )
        expect(list.refusal(new URL(`https://${domain}/`)) === undefined).toBe(isNamed)
      }),
    )
  })
})
