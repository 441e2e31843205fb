/** A whole control plane in this process, on real sockets and a database of its own, against a simulator or against nothing. */
import { createHash } from "node:crypto"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createLogger } from "#shared/log.ts"
import { databaseEnvironment, isOnPostgresql, removeDatabaseOf } from "../../../test/support/test-database.ts"
import { startControlPlane, type ControlPlane } from "../../src/application.ts"
import type { Clock } from "../../src/clock.ts"
import { readConfig } from "../../src/config.ts"

export const ADMIN_TOKEN = "test-admin-token-for-tests-only"
export const PASSWORD = "a long test phrase 42"
export const LINK_TOKEN = "test-link-token-for-tests-only"

export interface Identity {
  readonly token?: string | undefined
  readonly cookie?: string | undefined
}

export interface GraphqlAnswer<Data> {
  readonly status: number
  /** The `name=value` of the cookie that was set. */
  readonly cookie: string | undefined
  readonly setCookie: string | undefined
  /** The `name=value` of the one by which a browser is known again. */
  readonly browserCookie: string | undefined
  readonly data: Data
  readonly errors: readonly { readonly message: string; readonly extensions?: Record<string, unknown> }[]
}

export interface TestControlPlane {
  readonly controlPlane: ControlPlane
  readonly url: string
  readonly dataDirectory: string
  /** All that was logged, as one text. */
  log(): string
  /** A GraphQL request as an identity; ADMIN_TOKEN when none is given. */
  ask<Data = unknown>(document: string, variables?: object, identity?: Identity): Promise<GraphqlAnswer<Data>>
  /** The same, with the data of an answer that must have no errors. */
  data<Data>(document: string, variables?: object): Promise<Data>
  /** Signs in with the password and gives the cookie. */
  signIn(): Promise<string>
  /** Stops it; its folder stays with `keep`, so that another can start on it. */
  stop(options?: { readonly keep?: boolean }): Promise<void>
}

export interface TestOptions {
  readonly simulatorUrl?: string
  readonly dataDirectory?: string
  readonly clock?: Clock
  readonly env?: Readonly<Record<string, string | undefined>>
}

export const masterKey = createHash("sha256").update("the master key of the tests").digest("base64")

/** An address where nobody listens. */
const NOWHERE = "http://127.0.0.1:9"

function environment(
  dataDirectory: string,
  { simulatorUrl = NOWHERE, env }: TestOptions,
): Record<string, string | undefined> {
  return {
    CONTROL_PORT: "0",
    DATA_DIR: dataDirectory,
    MASTER_KEY: masterKey,
    ADMIN_PASSWORD: PASSWORD,
    ADMIN_TOKEN,
    LINK_TOKEN,
    NODE_NAME: "local",
    ANTIGRAVITY_BASE_URLS: simulatorUrl,
    GOOGLE_OAUTH_CLIENT_ID: "simulator-client",
    GOOGLE_OAUTH_CLIENT_SECRET: "simulator-secret",
    GOOGLE_OAUTH_AUTH_URL: `${simulatorUrl}/o/oauth2/v2/auth`,
    GOOGLE_OAUTH_TOKEN_URL: `${simulatorUrl}/token`,
    GOOGLE_USERINFO_URL: `${simulatorUrl}/oauth2/v2/userinfo`,
    LOG_FORMAT: "json",
    // So that a session may ask what the panel does not.
    GRAPHQL_DEVELOPMENT: "on",
    ...env,
  }
}

export function headersOf({ token, cookie }: Identity): Record<string, string> {
  return {
    "content-type": "application/json",
    "x-csrf": "1",
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(cookie === undefined ? {} : { cookie }),
  }
}

export async function startTestControlPlane(options: TestOptions = {}): Promise<TestControlPlane> {
  const dataDirectory = options.dataDirectory ?? mkdtempSync(join(tmpdir(), "lagrange-control-plane-"))
  let lines = ""
  const log = createLogger({
    level: "debug",
    format: "json",
    write: (line) => {
      lines += line
    },
  })
  const isElsewhere = options.env?.["DATABASE_URL"] !== undefined
  const config = readConfig({
    ...(isElsewhere ? {} : await databaseEnvironment(dataDirectory)),
    ...environment(dataDirectory, options),
  })
  const remove = async (): Promise<void> => {
    if (!isElsewhere && isOnPostgresql()) await removeDatabaseOf(dataDirectory)
    rmSync(dataDirectory, { recursive: true, force: true })
  }
  const controlPlane = await startControlPlane({
    config,
    log,
    ...(options.clock === undefined ? {} : { clock: options.clock }),
  }).catch(async (error: unknown) => {
    if (options.dataDirectory === undefined) await remove()
    throw error
  })
  const url = `http://127.0.0.1:${controlPlane.port}`

  async function ask<Data>(
    document: string,
    variables: object = {},
    identity: Identity = { token: ADMIN_TOKEN },
  ): Promise<GraphqlAnswer<Data>> {
    const response = await fetch(`${url}/graphql`, {
      method: "POST",
      headers: headersOf(identity),
      body: JSON.stringify({ query: document, variables }),
      signal: AbortSignal.timeout(60_000),
    })
    const [setCookie, browser] = response.headers.getSetCookie()
    const body = (await response.json()) as Pick<GraphqlAnswer<Data>, "data" | "errors"> // the shape of the document asked for
    const cookie = setCookie?.split(";")[0]
    const browserCookie = browser?.split(";")[0]
    return { status: response.status, setCookie, cookie, browserCookie, data: body.data, errors: body.errors ?? [] }
  }

  return {
    controlPlane,
    url,
    dataDirectory,
    log: () => lines,
    ask,
    data: async <Data>(document: string, variables?: object) => {
      const { data, errors } = await ask<Data>(document, variables)
      if (errors.length > 0) throw new Error(JSON.stringify(errors))
      return data
    },
    signIn: async () => {
      const document = `mutation ($password: String!) { signIn(password: $password) { __typename } }`
      const { cookie, data } = await ask(document, { password: PASSWORD }, {})
      if (cookie === undefined) throw new Error(`no cookie: ${JSON.stringify(data)}`)
      return cookie
    },
    stop: async ({ keep = false } = {}) => {
      await controlPlane.stop(2_000)
      if (!keep) await remove()
    },
  }
}
