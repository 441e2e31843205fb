import { execFileSync } from "node:child_process"
import { join } from "node:path"

/** A throw-away certificate for 127.0.0.1, which is its own authority. */
export function writeCertificate(directory: string): { readonly certFile: string; readonly keyFile: string } {
  const certFile = join(directory, "certificate.pem")
  const keyFile = join(directory, "key.pem")
  execFileSync(
    "openssl",
    [
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-days",
      "2",
      "-subj",
      "/CN=localhost",
      "-addext",
      "subjectAltName=DNS:localhost,IP:127.0.0.1",
      "-keyout",
      keyFile,
      "-out",
      certFile,
    ],
    { stdio: "ignore" },
  )
  return { certFile, keyFile }
}
