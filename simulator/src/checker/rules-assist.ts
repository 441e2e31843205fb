/** Rules of the account-side methods and of `countTokens`. */
import type { SimulatedAccount } from "../accounts.ts"
import { listOf, member, objectOf, stringOf } from "../json.ts"
import { googleError, internal, invalidArgument, payloadError, serviceDisabled } from "../refusals.ts"
import type { Refusal } from "../refusals.ts"
import { violationsOf } from "./payload.ts"
import type { MessageName } from "./messages.ts"

/** The methods these rules judge. */
export type AssistMethod =
  | "countTokens"
  | "loadCodeAssist"
  | "onboardUser"
  | "fetchAvailableModels"
  | "retrieveUserQuotaSummary"

/** What such a rule sees. */
export interface AssistContext {
  readonly account: SimulatedAccount
  readonly body: unknown
  readonly headers: Readonly<Record<string, string>>
}

/** One thing such a method refuses. */
export interface AssistRule {
  readonly id: string
  readonly source: string
  readonly about: string
  readonly methods: readonly AssistMethod[]
  readonly check: (context: AssistContext, method: AssistMethod) => Refusal | undefined
}

const messageOf: Readonly<Record<AssistMethod, MessageName>> = {
  countTokens: "CountEnvelope",
  loadCodeAssist: "LoadRequest",
  onboardUser: "OnboardRequest",
  fetchAvailableModels: "ProjectRequest",
  retrieveUserQuotaSummary: "ProjectRequest",
}
const everyMethod: readonly AssistMethod[] = [
  "countTokens",
  "loadCodeAssist",
  "onboardUser",
  "fetchAvailableModels",
  "retrieveUserQuotaSummary",
]
const precondition = (): Refusal => googleError(400, "FAILED_PRECONDITION", "Precondition check failed.")

/** Every such rule, in the order they are asked. */
export const assistRules: readonly AssistRule[] = [
  {
    id: "assist-payload",
    source: "upstream-protocol 3.1, 5.2",
    about:
      "No unknown members and no wrong values: `countTokens` has no top-level `project` or `model`, the platform is no `LINUX`.",
    methods: everyMethod,
    check: ({ body }, method) => {
      const found = violationsOf(body, messageOf[method])
      return found.length > 0 ? payloadError(found) : undefined
    },
  },
  {
    id: "assist-user-project-header",
    source: "upstream-protocol 1.3",
    about: "`x-goog-user-project` is answered with 403 SERVICE_DISABLED here too.",
    methods: everyMethod,
    check: ({ headers }) => {
      const project = headers["x-goog-user-project"]
      return project === undefined ? undefined : serviceDisabled(project)
    },
  },
  {
    id: "count-model",
    source: "upstream-protocol 5.2",
    about: "`countTokens` wants `request.model` as `models/<id>`.",
    methods: ["countTokens"],
    check: ({ body }) =>
      stringOf(objectOf(objectOf(body)["request"])["model"])?.startsWith("models/") ? undefined : invalidArgument(),
  },
  {
    id: "count-contents",
    source: "upstream-protocol 5.2",
    about: "`countTokens` wants contents.",
    methods: ["countTokens"],
    check: ({ body }) =>
      listOf(objectOf(objectOf(body)["request"])["contents"]).length > 0
        ? undefined
        : invalidArgument("contents are required."),
  },
  {
    id: "count-thought",
    source: "upstream-protocol 5.2",
    about: "Parts with `thought: true` break `countTokens`.",
    methods: ["countTokens"],
    check: ({ body }) => {
      const turns = listOf(objectOf(objectOf(body)["request"])["contents"]).map(objectOf)
      const thought = turns.some((turn) => listOf(turn["parts"]).some((part) => objectOf(part)["thought"] === true))
      return thought ? invalidArgument() : undefined
    },
  },
  {
    id: "onboard-tier",
    source: "upstream-protocol 3.2",
    about: "`onboardUser` names a tier.",
    methods: ["onboardUser"],
    check: ({ body }) => (stringOf(member(objectOf(body), "tierId")) ? undefined : invalidArgument()),
  },
  {
    id: "onboard-project",
    source: "upstream-protocol 3.2, 3.3",
    about: "No project in the body for a provisioned tier; one is needed for `standard-tier`.",
    methods: ["onboardUser"],
    check: ({ body, account }) => {
      const project = member(objectOf(body), "cloudaicompanionProject")
      if (member(objectOf(body), "tierId") === "standard-tier")
        return project === undefined ? precondition() : undefined
      return project !== undefined || account.projectSource === "own" ? precondition() : undefined
    },
  },
  {
    id: "quota-project-missing",
    source: "upstream-protocol 4.2, 3.3",
    about: "The quota summary wants a project: without one 500 INTERNAL.",
    methods: ["retrieveUserQuotaSummary"],
    check: ({ body }) => (stringOf(objectOf(body)["project"]) ? undefined : internal()),
  },
  {
    id: "assist-project-foreign",
    source: "upstream-protocol 3.3, 4.1",
    about: "A project that is not the account's is a 403 SERVICE_DISABLED; the catalogue may be asked without one.",
    methods: ["fetchAvailableModels", "retrieveUserQuotaSummary"],
    check: ({ body, account }) => {
      const project = stringOf(objectOf(body)["project"])
      return project && project !== account.projectId ? serviceDisabled(project) : undefined
    },
  },
]

/** The first refusal for a call of such a method. */
export function checkAssist(
  method: AssistMethod,
  context: AssistContext,
  disabled: ReadonlySet<string>,
): { rule: string; refusal: Refusal } | undefined {
  for (const rule of assistRules) {
    if (disabled.has(rule.id) || !rule.methods.includes(method)) continue
    const refusal = rule.check(context, method)
    if (refusal) return { rule: rule.id, refusal }
  }
  return undefined
}
