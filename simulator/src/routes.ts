/** From a path to its answer. Every exchange is recorded, and none can reject. */
import { authorizationFault, denyCode, exchangeToken, grantCode, needsConsent, revokeToken, userinfo } from "./oauth.ts"
import { accountsPage, consentPage, faultPage } from "./oauth-page.ts"
import type { SimulatedAccount } from "./accounts.ts"
import { checkAssist } from "./checker/rules-assist.ts"
import type { AssistMethod } from "./checker/rules-assist.ts"
import * as assist from "./code-assist.ts"
import { control } from "./control.ts"
import { generate, strike } from "./generate.ts"
import { objectOf, parseJson, stringOf } from "./json.ts"
import type { Fault } from "./prompt-language.ts"
import * as refusals from "./refusals.ts"
import type { Refusal } from "./refusals.ts"
import { sendPage, sendRedirect, sendRefusal } from "./reply.ts"
import type { SeenRequest } from "./seen.ts"
import { ClientGone } from "./wire.ts"
import type { Exchange } from "./wire.ts"
import type { World } from "./world.ts"

/** Answers one exchange. */
export async function answer(world: World, exchange: Exchange): Promise<void> {
  if (exchange.path.startsWith("/simulator/")) return guarded(exchange, () => control(world, exchange))
  const { path, method, version: httpVersion, headers } = exchange
  const started = performance.now()
  const seen = world.seen.open({ at: world.now(), method, path, httpVersion, headers })
  const isGeneration = /^\/v1internal:(?:generateContent|streamGenerateContent)$/.test(path)
  if (isGeneration) world.traffic.begin()
  void exchange.over.then((): void => {
    if (isGeneration && exchange.gone.aborted) world.traffic.leave()
    seen.duration = performance.now() - started
    seen.bytesSent = exchange.bytes
    seen.aborted = exchange.gone.aborted
    if (seen.aborted) seen.abortedAfter = seen.duration
    seen.outcome ??= { status: exchange.status }
  })
  await guarded(exchange, () => route(world, exchange, seen))
  seen.outcome ??= { status: exchange.status }
}

async function guarded(exchange: Exchange, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (error instanceof ClientGone || exchange.gone.aborted || exchange.broken || isCutOff(error)) return
    // A defect of the simulator must fail the test that met it, not hang it.
    process.stderr.write(`simulator: ${error instanceof Error ? error.stack : String(error)}\n`)
    exchange.reset()
  }
}

/** Whether reading the body failed because the client went while it was sending. */
function isCutOff(error: unknown): boolean {
  const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined
  return code === "ECONNRESET" || code === "ERR_STREAM_PREMATURE_CLOSE"
}

async function route(world: World, exchange: Exchange, seen: SeenRequest): Promise<void> {
  const { path, method, query } = exchange
  if (path === "/o/oauth2/v2/auth" && method === "GET") {
    const fault = authorizationFault(world, query)
    return fault === undefined
      ? sendPage(exchange, 200, accountsPage(world.accounts.all(), query))
      : sendPage(exchange, 400, faultPage(fault))
  }
  if (path === "/o/oauth2/v2/auth/choose" && method === "GET") return choose(world, exchange)
  if (path === "/o/oauth2/v2/auth/allow" && method === "GET") return allow(world, exchange)
  if (path === "/token" && method === "POST") return token(world, exchange, seen)
  if (path === "/revoke" && method === "POST") {
    return sendRefusal(
      exchange,
      revokeToken(world, new URLSearchParams(await bodyText(world, exchange)).get("token") ?? query.get("token")),
    )
  }
  if (path.startsWith("/v1internal") || path === "/oauth2/v2/userinfo" || path === "/oauth2/v1/userinfo")
    return api(world, exchange, seen)
  return sendRefusal(exchange, refusals.notFound())
}

async function choose(world: World, exchange: Exchange): Promise<void> {
  const { query } = exchange
  const fault = authorizationFault(world, query)
  if (fault !== undefined) return sendPage(exchange, 400, faultPage(fault))
  if (query.has("deny")) return sendRedirect(exchange, denyCode(query))
  const account = world.accounts.of(query.get("account") ?? "")
  if (!account) return sendPage(exchange, 400, faultPage("There is no such account."))
  if (needsConsent(account, query)) return sendPage(exchange, 200, consentPage(account, query))
  return sendRedirect(exchange, grantCode(world, query, account, (query.get("scope") ?? "").split(" ")))
}

async function allow(world: World, exchange: Exchange): Promise<void> {
  const { query } = exchange
  const account = world.accounts.of(query.get("account") ?? "")
  const fault = authorizationFault(world, query) ?? (account ? undefined : "There is no such account.")
  if (fault !== undefined || !account) return sendPage(exchange, 400, faultPage(fault ?? ""))
  return sendRedirect(exchange, grantCode(world, query, account, query.getAll("granted")))
}

async function token(world: World, exchange: Exchange, seen: SeenRequest): Promise<void> {
  const form = new URLSearchParams(await bodyText(world, exchange))
  const account = world.accounts.byRefreshToken(form.get("refresh_token") ?? "")
  seen.account = account?.email
  const contents = (): string => form.toString()
  const faults = world.faults.take({ account: account?.email, model: undefined, method: "token", contents })
  if (await struck(world, exchange, seen, faults, account)) return
  const isForm = /^application\/x-www-form-urlencoded\b/.test(exchange.headers["content-type"] ?? "")
  if (!isForm) {
    return sendRefusal(exchange, { status: 400, body: { error: "invalid_request", error_description: "Bad Request" } })
  }
  return sendRefusal(exchange, exchangeToken(world, form))
}

async function api(world: World, exchange: Exchange, seen: SeenRequest): Promise<void> {
  const bytes = await exchange.body(world.options.bodyLimit)
  if (!bytes)
    return sendRefusal(
      exchange,
      refusals.googleError(413, "INVALID_ARGUMENT", "Request payload size exceeds the limit."),
    )
  const body = bytes.length === 0 ? {} : parseJson(bytes.toString())
  world.seen.keepBody(seen, body, bytes.length)
  const name = exchange.path.startsWith("/v1internal") ? exchange.path.slice("/v1internal".length + 1) : "userinfo"
  seen.model = stringOf(objectOf(body)["model"])
  const bearer = /^Bearer (.+)$/i.exec(exchange.headers["authorization"] ?? "")?.[1] ?? ""
  const account = world.accounts.ownerOf(bearer, world.now())?.account
  seen.account = account?.email
  const leave = account ? world.seen.enter(account.email) : undefined
  if (leave) void exchange.over.then(leave)
  const contents = (): string => JSON.stringify(objectOf(objectOf(body)["request"])["contents"] ?? body)
  const faults = world.faults.take({ account: account?.email, model: seen.model, method: name, contents })
  if (await struck(world, exchange, seen, faults, account)) return
  if (!account) return sendRefusal(exchange, refusals.unauthenticated())
  if (body === undefined) return sendRefusal(exchange, refusals.payloadError([{ path: "", text: "Unexpected token." }]))
  return call(world, exchange, seen, { name, body, account, faults })
}

/** Plays the faults that come before the head; true when one ended the exchange. */
async function struck(
  world: World,
  exchange: Exchange,
  seen: SeenRequest,
  faults: readonly Fault[],
  account: SimulatedAccount | undefined,
): Promise<boolean> {
  if (faults.length > 0) seen.outcome = { status: 0, faults: faults.map(({ kind }) => kind) }
  for (const fault of faults) {
    const refuse = async (refusal: Refusal): Promise<void> => {
      seen.outcome = { ...seen.outcome, status: refusal.status }
      await sendTextOrBody(exchange, refusal)
    }
    if (fault.kind === "expire-token") {
      if (account) world.accounts.voidTokens(account)
      await refuse(refusals.unauthenticated())
      return true
    }
    const project = account?.projectId ?? "example-project"
    if (await strike(exchange, fault, { model: seen.model ?? "", project, now: world.now(), refuse })) return true
  }
  return false
}

/** A scripted refusal with a text is one event of a stream. */
async function sendTextOrBody(exchange: Exchange, refusal: Refusal): Promise<void> {
  if (refusal.text === undefined) return sendRefusal(exchange, refusal)
  const candidate = { content: { role: "model", parts: [{ text: refusal.text }] }, finishReason: "STOP" }
  const body = { response: { candidates: [candidate] } }
  const stream = exchange.query.get("alt") === "sse"
  return sendRefusal(exchange, {
    status: 200,
    body: stream ? `data: ${JSON.stringify(body)}\n\n` : body,
    headers: stream ? { "content-type": "text/event-stream" } : {},
  })
}

interface ApiCall {
  readonly name: string
  readonly body: unknown
  readonly account: SimulatedAccount
  readonly faults: readonly Fault[]
}

async function call(
  world: World,
  exchange: Exchange,
  seen: SeenRequest,
  { name, body, account, faults }: ApiCall,
): Promise<void> {
  if (name === "userinfo") return sendRefusal(exchange, userinfo(account, world.options.seed))
  const blocked = stateRefusal(account)
  if (blocked) return sendRefusal(exchange, blocked)
  if (exchange.method === "GET") return sendRefusal(exchange, assist.pollOperation(world, account, name))
  switch (name) {
    case "streamGenerateContent":
    case "generateContent":
      return generate({ world, exchange, seen, method: name, account }, body, faults)
    case "countTokens":
    case "loadCodeAssist":
    case "onboardUser":
    case "fetchAvailableModels":
    case "retrieveUserQuotaSummary": {
      const refused = checkAssist(name, { account, body, headers: exchange.headers }, world.disabledRules)
      if (refused) world.seen.refuse(seen, refused.rule, refused.refusal)
      return sendRefusal(
        exchange,
        refused?.refusal ?? assistAnswer(world, name, account, body, exchange.headers["user-agent"]),
      )
    }
    default:
      return sendRefusal(exchange, refusals.notFound())
  }
}

function assistAnswer(
  world: World,
  name: AssistMethod,
  account: SimulatedAccount,
  body: unknown,
  userAgent: string | undefined,
): Refusal {
  switch (name) {
    case "countTokens":
      return assist.countTokens(body)
    case "loadCodeAssist":
      return assist.loadCodeAssist(account)
    case "onboardUser":
      return assist.onboardUser(world, account, body)
    case "fetchAvailableModels":
      return assist.fetchAvailableModels(world, account, userAgent)
    case "retrieveUserQuotaSummary":
      return assist.retrieveUserQuotaSummary(world, account)
  }
}

function stateRefusal(account: SimulatedAccount): Refusal | undefined {
  switch (account.state) {
    case "validation-required":
      return refusals.validationRequired()
    case "terms-violation":
      return refusals.termsViolation()
    case "terms-violation-old":
      return refusals.termsViolationOld()
    case "subscription-required":
      return refusals.subscriptionRequired()
    default:
      return undefined
  }
}

async function bodyText(world: World, exchange: Exchange): Promise<string> {
  return (await exchange.body(world.options.bodyLimit))?.toString() ?? ""
}
