import { lineAt, readText, treeFiles } from "../lib/files.mjs"
import { runNpm } from "../lib/install.mjs"

export const name = "secrets and places"

/** What must stand nowhere in the tree. Written in pieces, so that this file does not find itself. */
const FORBIDDEN = [
  ["an OAuth client secret", ["GOC", "SPX-[\\w-]{6,}"]],
  ["an OAuth client id", ["\\d{6,}-[a-z0-9]+\\.apps\\.", "googleusercontent"]],
  ["a Google API key", ["AI", "za[\\w-]{30,}"]],
  ["a Google refresh token", ["\\b1/", "/0[\\w-]{12,}"]],
  ["a Google access token", ["\\bya", "29\\.[\\w-]{24,}"]],
  ["an Anthropic key", ["\\bsk-", "ant-(?:api|oat)\\d\\d-[\\w-]{20,}"]],
  ["an OpenAI key", ["\\bsk-", "(?:proj-)?[A-Za-z0-9]{40,}"]],
  ["an AWS key", ["\\bAK", "IA[0-9A-Z]{16}\\b"]],
  ["a GitHub token", ["\\bgh", "[pousr]_[A-Za-z0-9]{36,}"]],
  ["an npm token", ["\\bnpm", "_[A-Za-z0-9]{36}\\b"]],
  ["a private key", ["-----BEGIN [A-Z ]*PRIV", "ATE KEY-----\\\\?\\n?[A-Za-z0-9+/]{20,}"]],
  ["a path of some machine", ["(?<![\\w.])/(?:ro", "ot|ho", "me/[a-z]+|Us", "ers/\\w+|work/(?:ma", "in|sha", "red))/"]],
  ["a path of some machine", ["[A-Z]:\\\\Us", "ers\\\\"]],
  ["a registry's host", ["registry\\.(?:npm", "js|yarn", "pkg)\\."]],
].map(([what, pieces]) => ({ what: String(what), pattern: new RegExp([pieces].flat().join(""), "g") }))

/** The forbidden strings in a text; `hosts` are further host names that must not stand there. */
export function findings(file, text, hosts = []) {
  const found = FORBIDDEN.flatMap(({ what, pattern }) =>
    [...text.matchAll(pattern)].map((match) => `${file}:${lineAt(text, match.index)}: looks like ${what}`),
  )
  for (const host of hosts) {
    const at = text.indexOf(host)
    if (at !== -1) found.push(`${file}:${lineAt(text, at)}: looks like a registry's host`)
  }
  return found
}

/** The host from which this machine's npm installs, wherever that is. */
async function configuredHosts() {
  const { stdout } = await runNpm(["config", "get", "registry"], { output: "capture", check: false })
  const host = URL.canParse(stdout.trim()) ? new URL(stdout.trim()).hostname : "localhost"
  return /^(?:localhost|127\.|\[)/.test(host) ? [] : [host]
}

export async function run() {
  const hosts = await configuredHosts()
  return treeFiles().flatMap((file) => {
    const text = readText(file)
    return text.includes("\0") ? [] : findings(file, text, hosts)
  })
}
