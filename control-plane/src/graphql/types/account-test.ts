import { TEST_OUTCOMES, TEST_STEPS, type TestStep } from "../../accounts/doctor/test-step.ts"
import { builder } from "../builder.ts"
import { describedValues } from "./described-values.ts"

const TestStepName = builder.enumType("AccountTestStepName", {
  description: "What is tried, in this order: TOKEN, TIER, PROJECT, each HOST, each MODEL, QUOTA.",
  values: describedValues(TEST_STEPS),
})

const TestOutcome = builder.enumType("AccountTestOutcome", {
  description: "What came of one step.",
  values: describedValues(TEST_OUTCOMES),
})

export const AccountTestStep = builder.objectRef<TestStep>("AccountTestStep").implement({
  description: "One thing that was tried, or why it was not.",
  fields: (t) => ({
    step: t.expose("step", { type: TestStepName, description: "What was tried." }),
    subject: t.exposeString("subject", { nullable: true, description: "The address of a HOST, the id of a MODEL." }),
    outcome: t.expose("outcome", { type: TestOutcome, description: "Whether it works." }),
    durationMs: t.exposeFloat("durationMs", { nullable: true, description: "Null: it was not tried." }),
    message: t.exposeString("message", {
      description: "What came of it, in the provider's own words where there are any, without what is private.",
    }),
    wayOut: t.exposeString("wayOut", { nullable: true, description: "What to do, for a person." }),
    link: t.exposeString("link", {
      nullable: true,
      description: "An https link that belongs to the way out. Never opened by itself.",
    }),
  }),
})
