const skeleton = (..._unused: unknown[]): never => {
  throw new Error("not built yet")
}
/** The system's authorities and those of the PEM file; undefined (node's default) without a file. */
export function extraCertificateAuthorities(file?: string): string[] | undefined {
  return skeleton(file)
}
