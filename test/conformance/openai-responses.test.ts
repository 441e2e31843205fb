/** The Responses of the official `openai` package against a real data plane over the simulator. */
import OpenAI from "openai"
import { responsesSuite } from "../support/responses.suite.ts"

responsesSuite(OpenAI)
