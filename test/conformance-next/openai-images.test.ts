/** Images of the next major of the official `openai` package, which needs Node 22. */
import OpenAI, { toFile } from "openai-7"
import { imagesSuite } from "../support/images.suite.ts"
import type { OpenAIClass } from "../support/openai.suite.ts"

imagesSuite(OpenAI as unknown as OpenAIClass, toFile) // private members make the two classes differ for the compiler only
