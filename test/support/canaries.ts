/** Finds known secrets in whatever somebody who is no operator could read: logs, metrics, answers, files, rows. */

/** What a text would look like anywhere: as it is, in JSON, in an address, in hex, or as base64 at any of three offsets. */
function formsOf(secret: string): string[] {
  const base64 = [0, 1, 2].map((offset) => {
    const text = Buffer.from("\0".repeat(offset) + secret).toString("base64")
    return text.slice(offset === 0 ? 0 : 4, -4)
  })
  const escaped = JSON.stringify(secret).slice(1, -1)
  return [secret, escaped, encodeURIComponent(secret), Buffer.from(secret).toString("hex"), ...base64]
}

/** The names of those that are in a text. */
export function findSecrets(secrets: Readonly<Record<string, string>>, text: string): string[] {
  return Object.entries(secrets)
    .filter(([, secret]) => formsOf(secret).some((form) => text.includes(form)))
    .map(([name]) => name)
}
