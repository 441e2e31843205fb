/** What can go wrong, in the panel's words: from urql's errors and from the failures that are part of a result. */
import type { CombinedError } from "@urql/core"
import type { I18n } from "../i18n/i18n.tsx"

/** A failure that the schema declares: a member of each result union. */
export interface Failure {
  readonly code: string
  readonly message: string
  readonly path: readonly string[]
}

export type Problem =
  /** No answer came, or one that is not from the control plane. */
  | { type: "unreachable" }
  /** The control plane answered with an error of its own words. */
  | { type: "refused"; message: string }

/** What an urql error means for the person who looks at it. */
export function problemOf(error: CombinedError): Problem {
  const message = error.graphQLErrors.map((one) => one.message).join(" ")
  return error.networkError !== undefined || message === "" ? { type: "unreachable" } : { type: "refused", message }
}

/** The input field that a failure is about: the last part of its path, or undefined when it is about none. */
export function fieldOf(failure: Failure): string | undefined {
  return failure.path.at(-1)
}

/** An urql error in one sentence in the reader's language: the control plane's own, or that it did not answer. */
export function sentenceOf(error: CombinedError | undefined, { t, said }: Pick<I18n, "t" | "said">): string {
  const problem = error === undefined ? undefined : problemOf(error)
  return problem?.type === "refused" ? said(problem.message) : t("error.unreachable")
}
