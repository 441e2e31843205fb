/**
 * A throw-away certificate made at start: self-signed, P-256, for localhost and loopback addresses, its own authority.
 * X.509 is written here by hand in DER because Node can sign but has no certificate builder.
 */
import { generateKeyPairSync, randomBytes, sign } from "node:crypto"

/** A key and its certificate, both PEM. */
export interface Certificate {
  readonly key: string
  readonly cert: string
}

const day = 86_400_000

/** Makes one, valid from a day before `now` (epoch milliseconds) for a year. */
export function makeCertificate(now: number, hosts: readonly string[] = ["localhost"]): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" })
  const name = sequence(set(sequence(oid([2, 5, 4, 3]), utf8("Lagrange simulator (throw-away)"))))
  const algorithm = sequence(oid([1, 2, 840, 10045, 4, 3, 2]))
  const serial = randomBytes(16)
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40
  const body = sequence(
    tagged(0, integer(Buffer.from([2]))),
    integer(serial),
    algorithm,
    name,
    sequence(time(now - day), time(now + 365 * day)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    tagged(3, sequence(basicConstraints(), keyUsage(), alternativeNames(hosts))),
  )
  const signature = sign("sha256", body, privateKey)
  const certificate = sequence(body, algorithm, bits(signature))
  return { key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(), cert: pem(certificate) }
}

function basicConstraints(): Buffer {
  return extension([2, 5, 29, 19], sequence(element(0x01, Buffer.from([0xff]))), true)
}

/** digitalSignature and keyCertSign: one certificate is both server and authority. */
function keyUsage(): Buffer {
  return extension([2, 5, 29, 15], element(0x03, Buffer.from([2, 0x84])), true)
}

function alternativeNames(hosts: readonly string[]): Buffer {
  const names = hosts.map((host) => element(0x82, Buffer.from(host, "latin1")))
  const addresses = [Buffer.from([127, 0, 0, 1]), Buffer.from([...Array<number>(15).fill(0), 1])]
  return extension([2, 5, 29, 17], sequence(...names, ...addresses.map((address) => element(0x87, address))), false)
}

function extension(id: readonly number[], value: Buffer, critical: boolean): Buffer {
  const flag = critical ? [element(0x01, Buffer.from([0xff]))] : []
  return sequence(oid(id), ...flag, element(0x04, value))
}

function element(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents)
  const { length } = content
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content])
  const size = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

function sequence(...contents: readonly Buffer[]): Buffer {
  return element(0x30, ...contents)
}

function set(...contents: readonly Buffer[]): Buffer {
  return element(0x31, ...contents)
}

function tagged(number: number, content: Buffer): Buffer {
  return element(0xa0 + number, content)
}

function integer(bytes: Buffer): Buffer {
  return element(0x02, bytes)
}

function bits(bytes: Buffer): Buffer {
  return element(0x03, Buffer.from([0]), bytes)
}

function utf8(text: string): Buffer {
  return element(0x0c, Buffer.from(text))
}

/** UTCTime, which X.509 uses for years before 2050. */
function time(epochMilliseconds: number): Buffer {
  const digits = new Date(epochMilliseconds).toISOString().replaceAll(/[-:T]/g, "").slice(2, 14)
  return element(0x17, Buffer.from(`${digits}Z`, "latin1"))
}

function oid(numbers: readonly number[]): Buffer {
  const [first = 0, second = 0, ...rest] = numbers
  const bytes = [first * 40 + second]
  for (const number of rest) {
    const groups = [number & 0x7f]
    for (let left = number >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80)
    bytes.push(...groups)
  }
  return element(0x06, Buffer.from(bytes))
}

function pem(der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? []
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n")
}
