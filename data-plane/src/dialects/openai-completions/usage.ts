export { encodeUsage } from "../openai-usage.ts"
