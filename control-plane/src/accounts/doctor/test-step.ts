/** What a test of an account tells: one entry for each thing that was tried. */

/** In their order; the sentence says what is tried. */
export const TEST_STEPS = {
  TOKEN: "The refresh token is exchanged for an access token.",
  TIER: "What the provider knows of the account: its plan, and what keeps it from one.",
  PROJECT: "The project that its requests name.",
  HOST: "One upstream address answers for this account and project.",
  MODEL: "One model answers a request of a few tokens.",
  QUOTA: "What is left of its quota can be read.",
} as const satisfies Record<string, string>

export type TestStepName = keyof typeof TEST_STEPS

export const TEST_OUTCOMES = {
  PASSED: "It works.",
  FAILED: "It does not; the message says how, in the provider's own words where there are any.",
  SKIPPED: "It was not tried; the message says why.",
} as const satisfies Record<string, string>

export type TestOutcome = keyof typeof TEST_OUTCOMES

export interface TestStep {
  readonly step: TestStepName
  /** The address or the model; null where there is one of the kind only. */
  readonly subject: string | null
  readonly outcome: TestOutcome
  /** Null: it was not tried. */
  readonly durationMs: number | null
  readonly message: string
  /** What to do; null: nothing, or it ends by itself. */
  readonly wayOut: string | null
  /** An https page of the provider that belongs to the way out. */
  readonly link: string | null
}

/** How a try ended. */
export interface Verdict {
  readonly outcome: TestOutcome
  readonly message: string
  readonly wayOut?: string | undefined
  readonly link?: string | undefined
}

export const passed = (message: string): Verdict => ({ outcome: "PASSED", message })
export const failed = (message: string, wayOut?: string, link?: string): Verdict => {
  return { outcome: "FAILED", message, wayOut, link }
}
export const skipped = (message: string): Verdict => ({ outcome: "SKIPPED", message })

export function stepOf(
  step: TestStepName,
  subject: string | null,
  verdict: Verdict,
  durationMs: number | null,
): TestStep {
  const { outcome, message, wayOut = null, link = null } = verdict
  return { step, subject, outcome, durationMs, message, wayOut, link }
}
