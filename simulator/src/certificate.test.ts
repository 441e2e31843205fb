import { X509Certificate, createPrivateKey } from "node:crypto"
import { describe, expect, it } from "vitest"
import { makeCertificate } from "./certificate.ts"

describe("the throw-away certificate", () => {
  const now = Date.parse("2026-06-01T12:00:00Z")

  it("is read, verified and matched by Node", () => {
    const { cert, key } = makeCertificate(now, ["localhost", "upstream.simulator.example"])
    const read = new X509Certificate(cert)
    expect(read.verify(read.publicKey)).toBe(true)
    expect(read.checkPrivateKey(createPrivateKey(key))).toBe(true)
    expect(read.ca).toBe(true)
    expect(read.checkIssued(read)).toBe(true)
    expect(read.checkHost("upstream.simulator.example")).toBe("upstream.simulator.example")
    expect(read.checkHost("other.example")).toBeUndefined()
    expect(read.checkIP("127.0.0.1")).toBe("127.0.0.1")
    expect(read.checkIP("::1")).toBe("::1")
  })

  it("is valid from the day before for a year, and no two are alike", () => {
    const one = new X509Certificate(makeCertificate(now).cert)
    const two = new X509Certificate(makeCertificate(now).cert)
    expect(new Date(one.validFrom).toISOString()).toBe("2026-05-31T12:00:00.000Z")
    expect(new Date(one.validTo).toISOString()).toBe("2027-06-01T12:00:00.000Z")
    expect(one.serialNumber).not.toBe(two.serialNumber)
  })
})
