/** The next major of `@google/genai`, which needs Node 22. */
import * as genai from "google-genai-3"
import { genaiSuite, type GenAiPackage } from "../support/genai.suite.ts"

// Private members make the classes differ for the compiler only.
genaiSuite(genai as unknown as GenAiPackage)
