/** The official `@google/genai` package against a real data plane over the simulator. */
import * as genai from "@google/genai"
import { genaiSuite } from "../support/genai.suite.ts"

genaiSuite(genai)
