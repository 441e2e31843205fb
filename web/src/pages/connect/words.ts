import { defineWords } from "../../i18n/i18n.tsx"
import { en } from "./en.ts"
import { zh } from "./zh.ts"

/** The texts of this page, and those of every page. */
export const useWords = defineWords(en, zh)
