/** Where the store is that data planes share what they learn through: Valkey or Redis, as everybody writes it in a URL. */
export interface StoreAddress {
  readonly host: string
  readonly port: number
  readonly isTls: boolean
  /** Undefined: the store's default user. */
  readonly user: string | undefined
  /** Undefined: none is asked for. */
  readonly password: string | undefined
  readonly database: number
}

const PORT = 6379
/** More than any store is configured for. */
const MOST_DATABASES = 65_536

/** `redis://[user:password@]host[:port][/database]`, or `rediss://` for TLS. Undefined: it is none. */
export function parseStoreAddress(text: string): StoreAddress | undefined {
  if (!URL.canParse(text)) return undefined
  const { protocol, hostname, port, pathname, search, hash, username, password } = new URL(text)
  const [, digits = "0"] = /^(?:\/(\d{1,5})?)?$/.exec(pathname) ?? []
  const isAllowed =
    (protocol === "redis:" || protocol === "rediss:") &&
    hostname !== "" &&
    /^(?:\/\d{0,5})?$/.test(pathname) &&
    Number(digits) < MOST_DATABASES &&
    search === "" &&
    hash === "" &&
    // A user alone would be asked for a password that nobody gave.
    (username === "" || password !== "")
  if (!isAllowed) return undefined
  try {
    return {
      host: hostname.replace(/^\[(.*)\]$/, "$1"),
      port: port === "" ? PORT : Number(port),
      isTls: protocol === "rediss:",
      user: username === "" ? undefined : decodeURIComponent(username),
      password: password === "" ? undefined : decodeURIComponent(password),
      database: Number(digits),
    }
  } catch {
    return undefined // a percent sign that begins nothing
  }
}
