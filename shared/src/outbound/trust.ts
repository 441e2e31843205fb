import { readFileSync } from "node:fs"
import { rootCertificates } from "node:tls"

/**
 * The authorities node trusts and those of a PEM file; undefined, which is node's default, without a file. Throws with one
 * sentence when the file cannot be read or holds no certificate.
 */
export function extraCertificateAuthorities(file?: string): string[] | undefined {
  if (file === undefined || file === "") return undefined
  let content: string
  try {
    content = readFileSync(file, "utf8")
  } catch (cause) {
    throw new Error(`The certificate file ${file} cannot be read.`, { cause })
  }
  const certificates = content.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)
  if (certificates === null) throw new Error(`The certificate file ${file} holds no PEM certificate.`)
  return [...rootCertificates, ...certificates]
}
