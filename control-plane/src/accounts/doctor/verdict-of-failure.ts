/** What a failed call of a test means for the operator: whose fault it is, and what they can do. Pure. */
import type { ClassifiedFailure, FailureClass } from "#shared/upstream-failure.ts"
import type { CallAnswer } from "../antigravity/calls.ts"
import { stateOfFailure } from "../states.ts"
import { failed, type Verdict } from "./test-step.ts"

const WAIT = "Nothing is wrong with the account: try again later."
const OWN_REQUEST =
  "Nothing is wrong with the account: the upstream does not take the test's own request. Please report it."

/** The ways out that belong to no state of the account. */
const WAYS_OUT: Readonly<Record<FailureClass, string>> = {
  client_cancel: WAIT,
  egress_block:
    "Nothing is wrong with the account: the upstream refuses this machine's network address. Go out by another one (OUTBOUND_PROXY).",
  client_version:
    "Nothing is wrong with the account: the model was retired, or ANTIGRAVITY_USER_AGENT names a version that the upstream no longer takes.",
  validation: "Verify the account in a browser that is signed in as it, then test it again.",
  tos_disabled: "Ask the provider to look at the account again; once it has agreed, test the account.",
  project_fault: "Give the account the id of a Google Cloud project it may use (updateAccount, projectId).",
  auth: "Sign in to the account again, as when it was added; its settings are kept.",
  forbidden_other: "Find out at the provider what is wrong with the account, then sign in to it again.",
  location: "The provider does not offer this where the account or this machine is; other accounts may serve it.",
  signature: OWN_REQUEST,
  bad_request: OWN_REQUEST,
  model_missing: "The account is not offered this model; other accounts may serve it.",
  credits: "The account's paid credits are used up: wait for the next ones, or leave the model to other accounts.",
  capacity: WAIT,
  rate_short: WAIT,
  rate: WAIT,
  quota: "Wait until the quota is back (see the account's quota), or leave the model to other accounts.",
  bare_429: WAIT,
  server: WAIT,
  empty: WAIT,
  malformed_call: OWN_REQUEST,
  truncated: WAIT,
}

export function verdictOfFailure(failure: Pick<ClassifiedFailure, "class" | "message" | "link">): Verdict {
  // A link is shown where the account's state would show it, under the same rules.
  const change = stateOfFailure(failure)
  return failed(failure.message, WAYS_OUT[failure.class], change?.link ?? undefined)
}

export function verdictOfCall(answer: Exclude<CallAnswer, { type: "answer" }>): Verdict {
  if (answer.type === "failure") return verdictOfFailure(answer.failure)
  return failed(
    answer.message,
    "Nothing is known to be wrong with the account: look at the network, OUTBOUND_PROXY and ANTIGRAVITY_BASE_URLS.",
  )
}
