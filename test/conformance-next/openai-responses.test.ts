/** The Responses of the next major of the official `openai` package, which needs Node 22. */
import OpenAI from "openai-7"
import type { OpenAIClass } from "../support/openai.suite.ts"
import { responsesSuite } from "../support/responses.suite.ts"

responsesSuite(OpenAI as unknown as OpenAIClass) // private members make the two classes differ for the compiler only
