import { InvalidInputError, RefusedError } from "../../failure.ts"
import { builder } from "../builder.ts"

interface FailureShape {
  readonly code: string
  readonly message: string
  readonly path: readonly string[]
}

const Failure = builder.interfaceRef<FailureShape>("Failure").implement({
  description: "Why nothing was done. Ask for its fields once for both kinds.",
  fields: (t) => ({
    code: t.exposeString("code", { description: "For programs, such as not_found." }),
    message: t.exposeString("message", { description: "What is wrong and what to do, for a person." }),
    path: t.stringList({
      description: "The input field that it is about, such as input, refreshToken; empty: none in particular.",
      resolve: (failure) => [...failure.path],
    }),
  }),
})

/** The two members that every result union has. */
export function addFailures(): void {
  builder.objectType(InvalidInputError, {
    name: "InvalidInput",
    description: "Nothing was done: a value that was given cannot be taken; `path` says which.",
    interfaces: [Failure],
  })
  builder.objectType(RefusedError, {
    name: "Refused",
    description: "Nothing was done: what was asked cannot be done now, or not by you.",
    interfaces: [Failure],
  })
}
