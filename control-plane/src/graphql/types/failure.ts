import { InvalidInputError, RefusedError } from "../../failure.ts"
import { builder } from "../builder.ts"

interface FailureShape {
  readonly code: string
  readonly message: string
  readonly path: readonly string[]
}

const Failure = builder.interfaceRef<FailureShape>("Failure").implement({
  fields: (t) => ({
    code: t.exposeString("code"),
    message: t.exposeString("message"),
    path: t.stringList({ resolve: (failure) => [...failure.path] }),
  }),
})

/** The two members that every result union has. */
export function addFailures(): void {
  builder.objectType(InvalidInputError, { name: "InvalidInput", interfaces: [Failure] })
  builder.objectType(RefusedError, { name: "Refused", interfaces: [Failure] })
}
