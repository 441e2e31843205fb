/** Images of the official `openai` package. */
import OpenAI, { toFile } from "openai"
import { imagesSuite } from "../support/images.suite.ts"

imagesSuite(OpenAI, toFile)
