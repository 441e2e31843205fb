/**
 * X.509 certificates for tests, made on the spot: a throw-away authority and what it signs. No tool and no file is needed.
 * Only tests import this; the keys are worth nothing.
 */
import { generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto"
import { isIPv4 } from "node:net"

export interface TestCertificate {
  /** PEM */
  readonly certificate: string
  /** PEM, PKCS #8 */
  readonly key: string
}

export interface TestAuthority {
  /** PEM, for `ca` or a trust file. */
  readonly certificate: string
  /** A server certificate for host names and IPv4 addresses. */
  issue(...names: readonly string[]): TestCertificate
}

export function createTestAuthority(name = "Test Authority"): TestAuthority {
  const authority = newKeys()
  const constraints = extension("2.5.29.19", der(0x30, der(0x01, Buffer.from([0xff]))), true)
  const usage = extension("2.5.29.15", bits(Buffer.from([0x06]), 1), true)
  return {
    certificate: certify({
      subject: name,
      subjectKey: authority.publicKey,
      issuer: name,
      signer: authority.privateKey,
      extensions: [constraints, usage],
    }),
    issue(...names) {
      const keys = newKeys()
      const alternatives = extension("2.5.29.17", der(0x30, ...names.map(alternativeName)))
      const certificate = certify({
        subject: names[0] ?? "test",
        subjectKey: keys.publicKey,
        issuer: name,
        signer: authority.privateKey,
        extensions: [alternatives],
      })
      return { certificate, key: keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString() }
    },
  }
}

interface Keys {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

function newKeys(): Keys {
  return generateKeyPairSync("ec", { namedCurve: "P-256" })
}

interface Certifying {
  readonly subject: string
  readonly subjectKey: KeyObject
  readonly issuer: string
  readonly signer: KeyObject
  readonly extensions: readonly Buffer[]
}

const ECDSA_WITH_SHA256 = der(0x30, oid("1.2.840.10045.4.3.2"))
const DAY_MS = 86_400_000

function certify({ subject, subjectKey, issuer, signer, extensions }: Certifying): string {
  const serial = randomBytes(16)
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40 // positive, and no leading zero byte
  const toBeSigned = der(
    0x30,
    der(0xa0, der(0x02, Buffer.from([2]))), // version 3
    der(0x02, serial),
    ECDSA_WITH_SHA256,
    distinguishedName(issuer),
    der(0x30, utcTime(Date.now() - DAY_MS), utcTime(Date.now() + 30 * DAY_MS)),
    distinguishedName(subject),
    subjectKey.export({ type: "spki", format: "der" }),
    der(0xa3, der(0x30, ...extensions)),
  )
  const whole = der(0x30, toBeSigned, ECDSA_WITH_SHA256, bits(sign("sha256", toBeSigned, signer)))
  const lines = whole.toString("base64").match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`
}

/** Tag, length, content. */
function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents)
  if (content.length < 0x80) return Buffer.concat([Buffer.from([tag, content.length]), content])
  const length = Buffer.from(content.length.toString(16).padStart(content.length > 0xff ? 4 : 2, "0"), "hex")
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, content])
}

function bits(content: Buffer, unused = 0): Buffer {
  return der(0x03, Buffer.from([unused]), content)
}

function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split(".").map(Number)
  const bytes = [first * 40 + second]
  for (const arc of rest) {
    const groups = [arc & 0x7f]
    for (let left = arc >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80)
    bytes.push(...groups)
  }
  return der(0x06, Buffer.from(bytes))
}

function distinguishedName(commonName: string): Buffer {
  return der(0x30, der(0x31, der(0x30, oid("2.5.4.3"), der(0x0c, Buffer.from(commonName, "utf8")))))
}

function utcTime(at: number): Buffer {
  const digits = new Date(at).toISOString().replace(/[-:T]/g, "").slice(2, 14)
  return der(0x17, Buffer.from(`${digits}Z`, "ascii"))
}

function extension(id: string, value: Buffer, isCritical = false): Buffer {
  const critical = isCritical ? [der(0x01, Buffer.from([0xff]))] : []
  return der(0x30, oid(id), ...critical, der(0x04, value))
}

function alternativeName(name: string): Buffer {
  return isIPv4(name) ? der(0x87, Buffer.from(name.split(".").map(Number))) : der(0x82, Buffer.from(name, "ascii"))
}
