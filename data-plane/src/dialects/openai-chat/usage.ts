export { encodeUsage, type UsageEstimate } from "../openai-usage.ts"
