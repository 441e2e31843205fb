/** An address on this very machine, as `http://127.0.0.1:8090`: nothing that is sent there leaves it. Undefined: it is none. */
export function loopbackOrigin(text: string): string | undefined {
  if (text.length > 200 || !URL.canParse(text)) return undefined
  const { protocol, hostname, port, pathname, search, hash, username, password } = new URL(text)
  const isPlain = pathname === "/" && search === "" && hash === "" && username === "" && password === ""
  if (!isPlain || (protocol !== "http:" && protocol !== "https:")) return undefined
  // A name may lead anywhere, so that the one that everybody uses is taken for what it stands for.
  const host = hostname === "localhost" ? "127.0.0.1" : hostname
  if (host !== "[::1]" && !/^127(\.\d{1,3}){3}$/.test(host)) return undefined
  return `${protocol}//${host}${port === "" ? "" : `:${port}`}`
}
