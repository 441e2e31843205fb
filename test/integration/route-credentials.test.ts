/**
 * Who gets what at every path of both planes: each route with each kind of credential, asked of running planes, against the table in
 * `route-credentials.txt`. A route that is new, or that answers somebody in another way, fails until the table says so too
 * (`npx vitest run --project integration test/integration/route-credentials.test.ts -u`, and read the difference).
 */
import { request as requestOver } from "node:http"
import { expect, test } from "vitest"
import { ROUTES as CONTROL_ROUTES } from "../../control-plane/src/http/routes.ts"
import { PIPE_PATH, PIPE_PROTOCOL } from "#shared/link-protocol.ts"
import { ROUTES } from "#data-plane/server/routes.ts"
import { mintApiKey } from "#shared/api-key.ts"
import { ADMIN_TOKEN, LINK_TOKEN } from "../../control-plane/test/support/control-plane.ts"
import { startPlanes, type Planes } from "../support/planes.ts"

/** A model that nobody offers: no call reaches the upstream. */
const MODEL = "no-such-model"

type Credentials = Readonly<Record<string, Readonly<Record<string, string>>>>

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` })

interface Made {
  readonly secret: string
  readonly linkToken: string
  readonly apiKey: { readonly id: string }
  readonly adminToken: { readonly id: string }
  readonly node: { readonly id: string }
}

/** Every kind of credential there is, and each in all states of its life. */
async function makeCredentials(planes: Planes): Promise<Credentials> {
  const { control, key } = planes
  const { prisma } = control.controlPlane.services.database
  const make = async (document: string, variables: object = {}): Promise<Made> =>
    (await control.data<{ made: Made }>(document, variables)).made
  const newKey = (more: object = {}): Promise<Made> =>
    make(
      `mutation ($input: CreateApiKeyInput!) { made: createApiKey(input: $input) { ... on CreateApiKeySuccess { secret apiKey { id } } } }`,
      { input: { name: "x", ...more } },
    )
  const newToken = (scope: string): Promise<Made> =>
    make(
      `mutation ($scope: AdminScope!) { made: createAdminToken(input: { name: "x", scope: $scope }) {
        ... on CreateAdminTokenSuccess { secret adminToken { id } } } }`,
      { scope },
    )
  const remove = (name: string, id: string): Promise<unknown> =>
    control.data(`mutation ($id: ID!) { ${name}(id: $id) { __typename } }`, { id })

  const [disabled, removed, expired, replaced] = [await newKey(), await newKey(), await newKey(), await newKey()]
  const bound = await newKey({ addresses: ["192.0.2.0/24"] })
  await control.data(`mutation ($id: ID!) { updateApiKey(id: $id, input: { enabled: false }) { __typename } }`, {
    id: disabled.apiKey.id,
  })
  await remove("removeApiKey", removed.apiKey.id)
  await control.data(`mutation ($id: ID!) { rotateApiKey(id: $id, overlapMinutes: 0) { __typename } }`, {
    id: replaced.apiKey.id,
  })
  await prisma.apiKey.update({ where: { id: expired.apiKey.id }, data: { expiresAt: new Date(1) } })
  const [reads, operates, rules] = [await newToken("READ"), await newToken("OPERATE"), await newToken("ADMIN")]
  const [ended, gone] = [await newToken("ADMIN"), await newToken("ADMIN")]
  await prisma.adminToken.update({ where: { id: ended.adminToken.id }, data: { expiresAt: new Date(1) } })
  await remove("removeAdminToken", gone.adminToken.id)
  const node = await make(
    `mutation { made: createNode(input: { name: "gone" }) { ... on CreateNodeSuccess { linkToken node { id } } } }`,
  )
  await remove("removeNode", node.node.id)
  const [cookie, signedOut] = [await control.signIn(), await control.signIn()]
  await control.ask("mutation { signOut { __typename } }", {}, { cookie: signedOut })
  control.controlPlane.services.publisher.touch()
  await planes.settled()
  return {
    none: {},
    garbage: bearer("garbage"),
    "an API key": bearer(key),
    "x-api-key": { "x-api-key": key },
    "x-goog-api-key": { "x-goog-api-key": key },
    "a key nobody knows": bearer(mintApiKey()),
    "a disabled key": bearer(disabled.secret),
    "an expired key": bearer(expired.secret),
    "a replaced key": bearer(replaced.secret),
    "a removed key": bearer(removed.secret),
    "a key from elsewhere": bearer(bound.secret),
    ADMIN_TOKEN: bearer(ADMIN_TOKEN),
    "admin token READ": bearer(reads.secret),
    "admin token OPERATE": bearer(operates.secret),
    "admin token ADMIN": bearer(rules.secret),
    "an expired admin token": bearer(ended.secret),
    "a removed admin token": bearer(gone.secret),
    "a session": { cookie },
    "a session signed out": { cookie: signedOut },
    "a link token": bearer(LINK_TOKEN),
    "a removed link token": bearer(node.linkToken),
  }
}

interface Row {
  readonly plane: "data" | "control"
  readonly method: string
  readonly path: string
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
  /** A page of the panel, which may not be built: then there is another status, for everybody. */
  readonly isPanel?: boolean
  /** What the answer's body is looked at for besides the status. */
  readonly says?: (body: string) => string
}

/** GraphQL answers 200 whatever it says. */
function graphqlCode(body: string): string {
  const { errors } = JSON.parse(body) as { errors?: readonly { readonly extensions?: { readonly code?: string } }[] } // GraphQL's own shape
  return errors?.[0]?.extensions?.code ?? ""
}

function graphql(query: string, headers: Readonly<Record<string, string>> = { "x-csrf": "1" }): Row {
  return {
    plane: "control",
    method: "POST",
    path: "/graphql",
    body: JSON.stringify({ query }),
    headers,
    says: graphqlCode,
  }
}

/** To a data plane that is not there, so that nothing is asked of a model. */
function fromPlayground(path: string, headers: Readonly<Record<string, string>>): Row {
  return {
    plane: "control",
    method: "POST",
    path,
    body: JSON.stringify({ query: "a message" }),
    headers: { "x-lagrange-node": "nod_away", ...headers },
    says: graphqlCode,
  }
}

const CSRF = { "x-csrf": "1" }

/** What is asked of a path of the control plane by POST where an empty object says too little. */
const POSTS: Readonly<Record<string, readonly Row[]>> = {
  "/graphql": [
    graphql("{ viewer { name } }", {}),
    graphql("{ viewer { name } }"),
    graphql("{ accounts { totalCount } }"),
    graphql("{ adminTokens { id } }"),
    graphql("{ __schema { queryType { name } } }"),
  ],
  // A body that is refused, so that no stream stays open.
  "/graphql/stream": [
    { plane: "control", method: "POST", path: "/graphql/stream", body: "{}", headers: CSRF, says: graphqlCode },
  ],
  "/playground/": [
    ...["chat/completions", "responses", "messages"].map((path) => fromPlayground(`/playground/v1/${path}`, CSRF)),
    ...["generateContent", "streamGenerateContent"].map((call) =>
      fromPlayground(`/playground/v1beta/models/${MODEL}:${call}`, CSRF),
    ),
    fromPlayground("/playground/v1/messages", {}),
    fromPlayground("/playground/v1/embeddings", CSRF),
  ],
  "/link/reports": [
    { plane: "control", method: "POST", path: "/link/reports", body: '{"node":"local","boot":"b","items":[]}' },
  ],
  "/link/pipe": [{ plane: "control", method: "UPGRADE", path: `${PIPE_PATH}?id=pip_none` }],
}

const GETS: Readonly<Record<string, string>> = {
  "/oauth/callback": "/oauth/callback?code=c&state=s",
  "/playground/": "/playground/v1/messages",
}

const CONTROL: readonly Row[] = [
  ...["/", "/index.html", "/accounts"].map((path): Row => ({ plane: "control", method: "GET", path, isPanel: true })),
  { plane: "control", method: "GET", path: "/nothing.here" },
  ...["/", "/nothing.here"].map((path): Row => ({ plane: "control", method: "POST", path, body: "{}" })),
  ...CONTROL_ROUTES.flatMap(({ path }): readonly Row[] => [
    { plane: "control", method: "GET", path: GETS[path] ?? path },
    ...(POSTS[path] ?? [{ plane: "control", method: "POST", path, body: "{}" }]),
  ]),
]

const DATA: readonly Row[] = [
  ...ROUTES.map(({ method, path }): Row => ({
    plane: "data",
    method,
    path: `/${path.replace("*", MODEL)}`,
    ...(method === "POST" ? { body: JSON.stringify({ model: MODEL }) } : {}),
  })),
  { plane: "data", method: "GET", path: "/nothing/here" },
  { plane: "data", method: "OPTIONS", path: "/v1/chat/completions" },
  { plane: "data", method: "POST", path: "/graphql", body: "{}" },
  { plane: "data", method: "GET", path: "/link/snapshots" },
]

/** How an offer to go on as a pipe is answered. */
function statusOfUpgrade(url: string, credential: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { connection: "Upgrade", upgrade: PIPE_PROTOCOL, ...credential }
    const request = requestOver(url, { headers, agent: false })
    request.on("response", (response) => resolve(String(response.resume().statusCode)))
    request.on("upgrade", (response, socket) => {
      socket.destroy()
      resolve(String(response.statusCode))
    })
    request.on("error", reject).end()
  })
}

test("each route answers each credential as the table says", async () => {
  const planes = await startPlanes({ env: { TRUSTED_PROXIES: "127.0.0.1" } })
  try {
    const credentials = await makeCredentials(planes)
    let asked = 0

    async function ask(
      { plane, method, path, body, headers, says, isPanel = false }: Row,
      credential: Record<string, string>,
    ): Promise<string> {
      const abort = new AbortController()
      // Each from an address of its own, so that nobody is slowed down for what others guessed. A link has to come from this host.
      asked += 1
      const address: Record<string, string> = path.startsWith("/link/")
        ? {}
        : { "x-forwarded-for": `198.18.${asked >> 8}.${asked & 255}` }
      const url = plane === "data" ? planes.plane.url : planes.control.url
      if (method === "UPGRADE") return statusOfUpgrade(`${url}${path}`, credential)
      const response = await fetch(`${url}${path}`, {
        method,
        redirect: "manual",
        headers: { "content-type": "application/json", ...headers, ...address, ...credential },
        ...(body === undefined ? {} : { body }),
        signal: abort.signal,
      })
      const isOpen = isPanel && [200, 404, 503].includes(response.status)
      const status = isOpen ? "the panel" : String(response.status)
      const said = says === undefined ? "" : says(await response.text())
      // Snapshots never end.
      abort.abort()
      return said === "" ? status : `${status} ${said}`
    }

    const lines: string[] = []
    for (const row of [...DATA, ...CONTROL]) {
      const query =
        row.says === undefined
          ? ""
          : ` ${row.headers?.["x-csrf"] === undefined ? "without x-csrf " : ""}${JSON.parse(row.body ?? "").query ?? row.body}`
      lines.push(`${row.plane} plane: ${row.method} ${row.path}${query}`)
      /** Those who get the same, together. */
      const byAnswer = new Map<string, string[]>()
      for (const [name, credential] of Object.entries(credentials)) {
        const answer = await ask(row, credential)
        byAnswer.set(answer, [...(byAnswer.get(answer) ?? []), name])
      }
      for (const [answer, names] of byAnswer) {
        lines.push(`  ${answer}: ${byAnswer.size === 1 ? "all" : names.join(", ")}`)
      }
    }
    await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("route-credentials.txt")
  } finally {
    await planes.stop()
  }
}, 240_000)
