export { encodeUsage, sumUsage, type UsageEstimate } from "../openai-usage.ts"
