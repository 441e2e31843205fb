/** `POST /graphql`: JSON only, and what another site may have forged is refused. */
import type { IncomingMessage, ServerResponse } from "node:http"
import { createYoga } from "graphql-yoga"
import type { GraphQLSchema } from "graphql"
import { readBrowserCookie } from "../auth/cookies.ts"
import { includesScope } from "../auth/principal.ts"
import type { GraphqlContext, Services } from "../context.ts"
import { RefusedError } from "../failure.ts"
import { answerJson } from "../http/answer.ts"
import type { ReadClient } from "../http/client.ts"
import { FORGED, isForged } from "../http/csrf.ts"
import { newId } from "../new-id.ts"
import { createBatchLoader, createLoadersBy } from "./batch-loader.ts"
import { useRootFieldCount } from "./count-root-fields.ts"
import { createMaskError } from "./errors.ts"
import { answerEventStream, STREAM_PATH } from "./event-stream.ts"
import {
  MAX_BODY_BYTES,
  MAX_IMPORT_BYTES,
  useDocumentLimits,
  useExecutionLimit,
  useGuardedIntrospection,
  useImportsOnly,
} from "./limits.ts"
import { createPersistedDocuments, usePersistedDocuments } from "./persisted-documents.ts"
import { createSchema } from "./schema.ts"

export const GRAPHQL_PATH = "/graphql"

/** How our own requests to it are addressed. */
const ENDPOINT = `http://control-plane${GRAPHQL_PATH}`

export interface GraphqlRoute {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
}

interface Refusal {
  readonly status: number
  readonly code: string
  readonly message: string
}

function refusal(request: IncomingMessage): Refusal | undefined {
  if (request.method !== "POST") {
    return { status: 405, code: "METHOD_NOT_ALLOWED", message: "GraphQL is answered to POST only." }
  }
  if (!/^application\/json(?:\s*;|$)/i.test(request.headers["content-type"] ?? "")) {
    return { status: 415, code: "UNSUPPORTED_MEDIA_TYPE", message: "The body has to be application/json." }
  }
  return isForged(request) ? { status: 403, code: "CSRF", message: FORGED } : undefined
}

/** Too many wrong tokens came from there. */
function refuseGuessing(response: ServerResponse, error: unknown): void {
  if (!(error instanceof RefusedError)) throw error
  const { message, code } = error
  answerJson(response, 429, { errors: [{ message, extensions: { code: code.toUpperCase() } }] })
}

function createServer(services: Services, schema: GraphQLSchema, maxRequestBodySize: number) {
  return createYoga<GraphqlContext>({
    schema,
    graphqlEndpoint: GRAPHQL_PATH,
    cors: false,
    batching: false,
    graphiql: false,
    landingPage: false,
    multipart: false,
    logging: false,
    maxRequestBodySize,
    extraParamNames: ["documentId"],
    maskedErrors: { errorMessage: "Unexpected error.", maskError: createMaskError(services.log) },
    plugins: [
      usePersistedDocuments(createPersistedDocuments(services.config.webDirectory)),
      useDocumentLimits(),
      useGuardedIntrospection(),
      useExecutionLimit(),
      useRootFieldCount((type, field) => services.metrics.onRootField(type, field)),
      ...(maxRequestBodySize > MAX_BODY_BYTES ? [useImportsOnly()] : []),
    ],
  })
}

export function createGraphqlRoute(services: Services, readClient: ReadClient): GraphqlRoute {
  const schema = createSchema()
  const yoga = createServer(services, schema, MAX_BODY_BYTES)
  const importing = createServer(services, schema, MAX_IMPORT_BYTES)

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refused = refusal(request)
    if (refused !== undefined) {
      if (refused.status === 405) response.setHeader("allow", "POST")
      const { code, message } = refused
      return answerJson(response, refused.status, { errors: [{ message, extensions: { code } }] })
    }
    const { account, adminUser, apiKey } = services.database.prisma
    const requestId = newId("ask")
    const { address, userAgent, hostname } = readClient(request)
    const principal = await services.auth.authenticate(request, { address, requestId })
    const context: GraphqlContext = {
      services,
      principal,
      address,
      userAgent,
      browserToken: readBrowserCookie(request, services.config.behindTls),
      requestId,
      hostname,
      setCookie: (value) => response.appendHeader("set-cookie", value),
      loadAccount: createBatchLoader((ids) => account.findMany({ where: { id: { in: ids } } })),
      loadAdministrator: createBatchLoader((ids) => adminUser.findMany({ where: { id: { in: ids } } })),
      loadApiKey: createBatchLoader((ids) => apiKey.findMany({ where: { id: { in: ids } } })),
      loadFiringAlert: createBatchLoader((ids) => services.alerts.rules.firing(ids)),
      loadWaiting: createBatchLoader((ids) => services.alerts.webhooks.waiting(ids)),
      loadQuotaForecasts: createBatchLoader((ids) => services.quotaForecasts.ofAccounts(ids)),
      loadQuotaHistory: createLoadersBy((range) =>
        createBatchLoader((ids) => services.quotaHistory.ofAccounts(ids, range)),
      ),
    }
    response.setHeader("cache-control", "no-store")
    response.setHeader("x-request-id", requestId)
    if (request.url?.split("?")[0] === STREAM_PATH) {
      if (principal === undefined) {
        return answerJson(response, 401, {
          errors: [{ message: "Sign in first.", extensions: { code: "UNAUTHENTICATED" } }],
        })
      }
      const headers = { "content-type": "application/json", accept: "text/event-stream" }
      const run = async (body: string) => yoga.fetch(ENDPOINT, { method: "POST", headers, body }, context)
      return answerEventStream({ request, response, run })
    }
    const isLarge = Number(request.headers["content-length"] ?? 0) > MAX_BODY_BYTES
    const mayImport = principal !== undefined && includesScope(principal.scope, "OPERATE")
    await (isLarge && mayImport ? importing : yoga)(request, response, context)
  }

  return {
    handle: (request, response) => handle(request, response).catch((error: unknown) => refuseGuessing(response, error)),
  }
}
