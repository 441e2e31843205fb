/** The official `@anthropic-ai/sdk` package in both majors that clients hold. */
import Anthropic from "@anthropic-ai/sdk"
import Anthropic0 from "anthropic-sdk-0"
import { describe } from "vitest"
import { anthropicSuite, type AnthropicClass } from "../support/anthropic.suite.ts"

describe("version 1", () => anthropicSuite(Anthropic))
// Private members make the two classes differ for the compiler only.
describe("version 0", () => anthropicSuite(Anthropic0 as unknown as AnthropicClass))
