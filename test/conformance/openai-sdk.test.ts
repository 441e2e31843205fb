/** The official `openai` package. */
import OpenAI from "openai"
import { openaiSuite } from "../support/openai.suite.ts"

openaiSuite(OpenAI)
