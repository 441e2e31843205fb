/**
 * The panel's documents by their sha256, as its build wrote them. A cookie session runs these and nothing else, but
 * under `GRAPHQL_DEVELOPMENT`, so that a stolen session, or a page that reaches the API through one, can do no more than the panel can.
 */
import { readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { createGraphQLError, type Plugin } from "graphql-yoga"
import type { GraphqlContext } from "../context.ts"
import { field, textField } from "../json.ts"

export interface PersistedDocuments {
  /** The document of a sha256 in hex; undefined when the panel's build did not write it. */
  find(hash: string): string | undefined
}

/** Reads `documents.json` of the built panel, and again when the file is another. */
export function createPersistedDocuments(webDirectory: string): PersistedDocuments {
  const path = join(webDirectory, "documents.json")
  let documents: unknown = {}
  let readAt: number | undefined

  function refresh(): void {
    const modified = statSync(path, { throwIfNoEntry: false })?.mtimeMs
    if (modified === undefined || modified === readAt) return
    documents = JSON.parse(readFileSync(path, "utf8"))
    readAt = modified
  }

  return {
    find: (hash) => {
      const known = textField(documents, hash)
      if (known !== undefined) return known
      refresh()
      return textField(documents, hash)
    },
  }
}

/** The hash a request names: `documentId: "sha256:<hex>"`, or the form of automatic persisted queries. */
export function documentHash(parameters: unknown): string | undefined {
  const id =
    textField(parameters, "documentId") ??
    textField(field(field(parameters, "extensions"), "persistedQuery"), "sha256Hash")
  return /^(?:sha256:)?([0-9a-f]{64})$/i.exec(id ?? "")?.[1]?.toLowerCase()
}

/** Puts the document in the place of its hash, and refuses any other document to cookie sessions. */
export function usePersistedDocuments(documents: PersistedDocuments): Plugin<GraphqlContext, GraphqlContext> {
  return {
    onParams: ({ params, setParams, context }) => {
      const { principal, services } = context
      const mustBePersisted = !services.config.graphqlDevelopment && principal?.origin === "SESSION"
      const hash = documentHash(params)
      if (hash === undefined) {
        if (mustBePersisted) {
          throw createGraphQLError(
            "A session may run the panel's own documents only; send an admin token to run others.",
            {
              extensions: { code: "PERSISTED_DOCUMENTS_ONLY", http: { status: 403 } },
            },
          )
        }
        return
      }
      const query = documents.find(hash)
      if (query === undefined) {
        throw createGraphQLError("This document is not one of the panel's; reload the page.", {
          extensions: { code: "PERSISTED_QUERY_NOT_FOUND", http: { status: 404 } },
        })
      }
      setParams({ ...params, query })
    },
  }
}
