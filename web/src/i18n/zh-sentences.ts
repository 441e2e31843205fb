/** All that the servers say, in Chinese; loaded with the language. */
import type { Sentences } from "./sentences.ts"
import { zhAccounts } from "./sentences/zh-accounts.ts"
import { zhBodies } from "./sentences/zh-bodies.ts"
import { zhControl } from "./sentences/zh-control.ts"
import { zhFields } from "./sentences/zh-fields.ts"
import { zhRouting } from "./sentences/zh-routing.ts"
import { zhTraffic } from "./sentences/zh-traffic.ts"
import { zhTranslation } from "./sentences/zh-translation.ts"
import { zhWords } from "./sentences/zh-words.ts"

export const zhSentences: Sentences = {
  ...zhAccounts,
  ...zhBodies,
  ...zhControl,
  ...zhFields,
  ...zhRouting,
  ...zhTraffic,
  ...zhTranslation,
  ...zhWords,
}
