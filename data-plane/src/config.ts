/**
 * The data plane's configuration: the only file of this process that reads `process.env`. Limits, addresses and time-outs of the
 * upstream are not here: they come in the snapshot and change without a restart.
 */
import { readEnvironment, EnvironmentError } from "#shared/environment.ts"
import type { LogFormat, LogLevel } from "#shared/log.ts"
import { Secret } from "#shared/secret.ts"
import type { StoreAddress } from "#shared/store-address.ts"
import { readFileSync } from "node:fs"
import { hostname } from "node:os"

export interface Config {
  readonly host: string
  readonly port: number
  /** PEM texts; undefined: clear text. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined
  /** Whose word about the address of a client counts. */
  readonly trustedProxies: readonly string[]
  /** Where a browser at `/` is sent. */
  readonly panelUrl: string
  readonly controlUrl: string
  readonly linkToken: Secret<string>
  readonly nodeName: string
  readonly dataDirectory: string
  readonly outboundProxy: Secret<string> | undefined
  readonly upstreamCaFile: string | undefined
  /** Through which data planes share what they learn; undefined: this one keeps it to itself. */
  readonly sharedStore: Secret<StoreAddress> | undefined
  /** Where Prometheus asks; undefined: nowhere. */
  readonly metrics: { readonly host: string; readonly port: number } | undefined
  /** The collector of traces; undefined: none are made. */
  readonly traces: TraceTarget | undefined
  readonly logLevel: LogLevel
  readonly logFormat: LogFormat
}

export interface TraceTarget {
  readonly endpoint: string
  readonly headers: Secret<Readonly<Record<string, string>>> | undefined
}

/** Throws `EnvironmentError` with a sentence for each value that is not allowed. `warn` gets suspicious names. */
export function readConfig(warn: (sentence: string) => void, env: NodeJS.ProcessEnv = process.env): Config {
  const values = readEnvironment("data-plane", env, warn)
  const controlUrl = values.CONTROL_URL ?? `http://${reachable(values.CONTROL_HOST)}:${values.CONTROL_PORT}`
  if (values.LINK_TOKEN === undefined) {
    throw new EnvironmentError([
      "LINK_TOKEN must be set: make one with the GraphQL mutation createNode and give it to this data plane.",
    ])
  }
  const tls = readTls(values.TLS_CERT_FILE, values.TLS_KEY_FILE)
  const isClearTextAllowed = values.BEHIND_TLS || values.CLEAR_TEXT
  if (tls === undefined && !isClearTextAllowed && !isLoopback(values.HOST)) {
    throw new EnvironmentError([
      `HOST ${values.HOST} is reachable from other machines: set TLS_CERT_FILE and TLS_KEY_FILE, BEHIND_TLS=on when a proxy does TLS, or CLEAR_TEXT=on where nobody else is on that network.`,
    ])
  }
  return {
    host: values.HOST,
    port: values.PORT,
    tls,
    trustedProxies: values.TRUSTED_PROXIES ?? [],
    panelUrl: values.PANEL_URL ?? controlUrl,
    controlUrl,
    linkToken: values.LINK_TOKEN,
    nodeName: values.NODE_NAME ?? hostname(),
    dataDirectory: values.DATA_DIR,
    outboundProxy: values.OUTBOUND_PROXY,
    upstreamCaFile: values.UPSTREAM_CA_FILE,
    sharedStore: values.VALKEY_URL,
    metrics: values.METRICS_PORT === undefined ? undefined : { host: values.METRICS_HOST, port: values.METRICS_PORT },
    traces:
      values.OTEL_EXPORTER_OTLP_ENDPOINT === undefined
        ? undefined
        : { endpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT, headers: values.OTEL_EXPORTER_OTLP_HEADERS },
    logLevel: values.LOG_LEVEL,
    logFormat: values.LOG_FORMAT ?? (process.stdout.isTTY ? "pretty" : "json"),
  }
}

function readTls(certFile: string | undefined, keyFile: string | undefined): Config["tls"] {
  if (certFile === undefined && keyFile === undefined) return undefined
  if (certFile === undefined || keyFile === undefined) {
    throw new EnvironmentError(["TLS_CERT_FILE and TLS_KEY_FILE must be set together."])
  }
  return { cert: readPem("TLS_CERT_FILE", certFile), key: readPem("TLS_KEY_FILE", keyFile) }
}

function readPem(name: string, file: string): string {
  try {
    return readFileSync(file, "utf8")
  } catch (cause) {
    throw new EnvironmentError([
      `${name} must be a readable file: ${cause instanceof Error ? cause.message : String(cause)}.`,
    ])
  }
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host)
}

/** An address to listen on as an address to call. */
function reachable(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1"
  return host.includes(":") ? `[${host}]` : host
}
