import { defineWords } from "../../../i18n/i18n.tsx"
import { en } from "./en.ts"
import { zh } from "./zh.ts"

/** The texts of what takes accounts in and gives them out as documents. */
export const useWords = defineWords(en, zh)
