/** Typed answers through the next major of the official `openai` package. */
import OpenAI from "openai-7"
import { zodResponseFormat } from "openai-7/helpers/zod"
import type { OpenAIClass } from "../support/openai.suite.ts"
import { typedAnswersSuite } from "../support/typed-answers.suite.ts"

typedAnswersSuite(OpenAI as unknown as OpenAIClass, zodResponseFormat) // private members make the two classes differ for the compiler only
