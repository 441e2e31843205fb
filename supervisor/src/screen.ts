export interface ScreenFacts {
  readonly panelUrl: string
  readonly gatewayUrl: string
  /** Only at the start that generated it. */
  readonly generatedPassword: string | undefined
  /** The first start of this installation. */
  readonly isFirstStart: boolean
}

/** Colours a text, or leaves it as it is: Node's `styleText`. */
export type Paint = (format: "bold" | "cyan" | "green" | "yellow", text: string) => string

const plain: Paint = (_, text) => text

/** What a person reads when everything runs: all of it at the first start, the addresses alone later. Ends with a line end. */
export function renderScreen(facts: ScreenFacts, paint: Paint = plain): string {
  const gateway = facts.gatewayUrl.replace(/\/$/, "")
  const lines = ["", `  ${paint("green", "Lagrange is running.")}`, "", `  Panel     ${paint("cyan", facts.panelUrl)}`]
  if (facts.generatedPassword !== undefined) {
    const password = paint("bold", facts.generatedPassword)
    lines.push(`  Password  ${password}   (user admin; shown this once, only its hash is kept)`)
  }
  lines.push(`  Gateway   ${paint("cyan", gateway)}`, "")
  if (facts.isFirstStart || facts.generatedPassword !== undefined) {
    lines.push(
      `  ${paint("bold", "What to do next")}`,
      "   1. Open the panel, sign in and add an account.",
      "   2. Create an API key there; it is shown once.",
      "   3. Point a client at the gateway with that key:",
      `        Claude Code, Anthropic SDK   ANTHROPIC_BASE_URL=${gateway}`,
      `        OpenAI SDK and most tools    OPENAI_BASE_URL=${gateway}/v1`,
      "",
      `  ${paint("yellow", "Terms:")} Google may treat the use of Antigravity accounts by other software as a violation of its terms and disable`,
      "  the account. Adding one asks you to confirm that you know.",
      "",
      "  Settings: .env.example. To stop: Ctrl-C.",
      "",
    )
  }
  return lines.join("\n")
}
