export { encodeUsage, sumUsage } from "../openai-usage.ts"
