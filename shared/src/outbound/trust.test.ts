import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { rootCertificates } from "node:tls"
import { afterAll, describe, expect, it } from "vitest"
import { createTestAuthority } from "../testing/certificate.ts"
import { extraCertificateAuthorities } from "./trust.ts"

const directory = mkdtempSync(join(tmpdir(), "trust-"))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

describe("extraCertificateAuthorities", () => {
  it("leaves node's own choice alone without a file", () => {
    expect(extraCertificateAuthorities()).toBeUndefined()
    expect(extraCertificateAuthorities("")).toBeUndefined()
  })

  it("adds every certificate of the file to the system's", () => {
    const [one, two] = [createTestAuthority().certificate.trim(), createTestAuthority().certificate.trim()]
    const file = join(directory, "two.pem")
    writeFileSync(file, `# a comment\n${one}\n\n${two}\n`)
    const authorities = extraCertificateAuthorities(file)
    expect(authorities).toHaveLength(rootCertificates.length + 2)
    expect(authorities?.slice(-2)).toEqual([one, two])
  })

  it("says what is wrong with a file in one sentence", () => {
    const missing = join(directory, "missing.pem")
    expect(() => extraCertificateAuthorities(missing)).toThrow(`The certificate file ${missing} cannot be read.`)
    const empty = join(directory, "empty.pem")
    writeFileSync(empty, "nothing here")
    expect(() => extraCertificateAuthorities(empty)).toThrow(`The certificate file ${empty} holds no PEM certificate.`)
  })
})
