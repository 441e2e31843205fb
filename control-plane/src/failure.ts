/** Failures a caller expects: use cases throw them, GraphQL shows them as members of the result union. */

/** What was given cannot be taken: `path` names the input field. */
export class InvalidInputError extends Error {
  override readonly name = "InvalidInputError"
  readonly code: string
  readonly path: readonly string[]

  constructor(code: string, message: string, path: readonly string[]) {
    super(message)
    this.code = code
    this.path = path
  }
}

/** The input is well formed, and it is not done: `code` says why for programs, the message for people. */
export class RefusedError extends Error {
  override readonly name = "RefusedError"
  readonly code: string
  readonly path: readonly string[] = []

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** The process cannot start as it is configured; the message is one sentence. */
export class StartError extends Error {
  override readonly name = "StartError"
}
