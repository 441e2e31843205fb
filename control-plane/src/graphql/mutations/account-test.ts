import type { AccountTestReport } from "../../accounts/doctor/test-account.ts"
import { builder, expectedFailures } from "../builder.ts"
import { takesUpTo } from "../limits.ts"
import { Account } from "../types/account.ts"
import { AccountTestStep } from "../types/account-test.ts"

const TestAccountSuccess = builder.objectRef<AccountTestReport>("TestAccountSuccess").implement({
  description: "The test came to its end; whether the account works is said by its steps.",
  fields: (t) => ({
    account: t.expose("account", { type: Account, description: "As it is after the test." }),
    steps: t.field({
      type: [AccountTestStep],
      description: "What was tried, in order.",
      resolve: ({ steps }) => [...steps],
    }),
    works: t.boolean({
      description: "Nothing that was tried failed.",
      resolve: ({ steps }) => steps.every(({ outcome }) => outcome !== "FAILED"),
    }),
    durationMs: t.exposeFloat("durationMs", { description: "How long the test took, in milliseconds." }),
    isOnboardedAnew: t.exposeBoolean("isOnboardedAnew", {
      description: "It waited for a person, and what was tried works again: it goes through its onboarding once more.",
    }),
  }),
})

/** The doctor: one account, step by step. */
export function addAccountTestMutations(): void {
  builder.mutationFields((t) => ({
    testAccount: t.field({
      type: TestAccountSuccess,
      description:
        "Tests an account step by step: token, plan, project, each address, each model, quota. A model is tried by a real request of a few tokens, so the test spends a little quota; image models are tried only where they are named. It may take two minutes.",
      authScopes: { scope: "OPERATE" },
      errors: expectedFailures,
      extensions: takesUpTo(150_000),
      args: {
        id: t.arg.id({ required: true, description: "The account to test." }),
        models: t.arg.stringList({
          description: "Upstream ids to try, and no others; an empty list tries none. Left out: all that it offers.",
        }),
      },
      resolve: (_root, { id, models }, { services }) => services.testAccount(id, models ?? undefined),
    }),
  }))
}
