import { defineWords } from "../../../i18n/i18n.tsx"
import { en } from "./en.ts"
import { zh } from "./zh.ts"

/** The texts of one account's page. */
export const useWords = defineWords(en, zh)
