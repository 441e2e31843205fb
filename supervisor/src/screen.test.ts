import { describe, expect, it } from "vitest"
import { renderScreen } from "./screen.ts"

const addresses = { panelUrl: "http://127.0.0.1:8089/", gatewayUrl: "http://127.0.0.1:8088/" }

describe("renderScreen", () => {
  it("shows at the first start the addresses, the password once, what to do next and the terms, on one screen", () => {
    const text = renderScreen({ ...addresses, generatedPassword: "obviously-fake", isFirstStart: true })
    expect(text.split("obviously-fake")).toHaveLength(2)
    expect(text).toContain("http://127.0.0.1:8089/")
    expect(text).toContain("ANTHROPIC_BASE_URL=http://127.0.0.1:8088\n")
    expect(text).toContain("OPENAI_BASE_URL=http://127.0.0.1:8088/v1")
    expect(text).toMatch(/violation of its terms/)
    expect(text.split("\n").length).toBeLessThanOrEqual(24)
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(120)
  })

  it("says the same in colours", () => {
    const facts = { ...addresses, generatedPassword: "obviously-fake", isFirstStart: true }
    const text = renderScreen(facts, (format, words) => `<${format}>${words}</>`)
    expect(text).toContain("<cyan>http://127.0.0.1:8088</>")
    expect(text).toContain("<bold>obviously-fake</>")
    expect(text.replaceAll(/<\/?\w*>/g, "")).toBe(renderScreen(facts))
  })

  it("shows later starts the addresses alone", () => {
    const text = renderScreen({ ...addresses, generatedPassword: undefined, isFirstStart: false })
    expect(text.trim().split("\n")).toEqual([
      "Lagrange is running.",
      "",
      "  Panel     http://127.0.0.1:8089/",
      "  Gateway   http://127.0.0.1:8088",
    ])
  })
})
