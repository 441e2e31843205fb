/** Rules about who may call what: headers, project, client version, model. */
import { retired } from "../catalogue.ts"
import { internal, invalidArgument, modelRetired, notFound, serviceDisabled, versionUnsupported } from "../refusals.ts"
import type { Rule } from "./rule.ts"
import { isAtLeast } from "./version.ts"

/** Asked after the payload was found well-formed. */
export const accessRules: readonly Rule[] = [
  {
    id: "user-project-header",
    source: "upstream-protocol 1.3",
    about: "`x-goog-user-project` is answered with 403 SERVICE_DISABLED.",
    check: ({ headers }) => {
      const project = headers["x-goog-user-project"]
      return project === undefined ? undefined : serviceDisabled(project)
    },
  },
  {
    id: "project-missing",
    source: "upstream-protocol 3.3",
    about: "A missing or empty project is answered with 500 INTERNAL.",
    check: ({ request }) => (request.project ? undefined : internal()),
  },
  {
    id: "project-foreign",
    source: "upstream-protocol 3.3",
    about: "A project that is not the account's is answered with 403 SERVICE_DISABLED.",
    check: ({ request, account }) =>
      request.project && request.project !== account.projectId ? serviceDisabled(request.project) : undefined,
  },
  {
    id: "model-retired",
    source: "upstream-protocol 6, 11.2",
    about: "A retired model answers with a 200 whose text says so.",
    check: ({ request }) => {
      const names = Object.hasOwn(retired, request.model) ? retired[request.model] : undefined
      return names ? modelRetired(...names) : undefined
    },
  },
  {
    id: "client-version-newer-models",
    source: "upstream-protocol 1.3",
    about: "A newer model does not exist (404) for a client whose User-Agent carries too low a version, or none.",
    check: ({ headers, model, newerModelsVersion }) =>
      model?.newer && !isAtLeast(headers["user-agent"], newerModelsVersion) ? notFound() : undefined,
  },
  {
    id: "client-version-supported",
    source: "upstream-protocol 1.3, 11.2",
    about: "Below the oldest supported version every answer is a 200 whose text says that the client must update.",
    check: ({ headers, supportedVersion }) =>
      isAtLeast(headers["user-agent"], supportedVersion) ? undefined : versionUnsupported(),
  },
  {
    id: "model-unknown",
    source: "upstream-protocol 11.2",
    about: "A model nobody has, or that this account is not given, is a 404.",
    check: ({ model, account }) =>
      !model || (account.models && !account.models.includes(model.id)) ? notFound() : undefined,
  },
  {
    id: "model-dead",
    source: "upstream-protocol 6, 11.1",
    about: "A model that is still listed but no longer answers is a 400.",
    check: ({ model }) => (model?.dead ? invalidArgument() : undefined),
  },
  {
    id: "streaming-only-model",
    source: "upstream-protocol 5.2",
    about: "Claude has no plain endpoint: `generateContent` is a 404.",
    check: ({ model, method }) => (model?.streamingOnly && method === "generateContent" ? notFound() : undefined),
  },
]
