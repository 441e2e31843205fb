/** What a failure means and what helps, in the reader's language; loaded when a request that failed is looked at. */
import { createResource } from "solid-js"
import { useI18n } from "../../../i18n/i18n.tsx"

export interface Explanation {
  readonly means: string
  /** What Lagrange does about it by itself. */
  readonly done?: string
  /** What a person can do. */
  readonly help: string
}

export interface Explanations {
  readonly failureClass: Readonly<Record<string, Explanation>>
  readonly errorCode: Readonly<Record<string, Explanation>>
}

const load = {
  en: () => import("./en.ts"),
  zh: () => import("./zh.ts"),
}

/** The explanation of a class or a code; undefined while it is loaded, and where there is none. */
export function useExplanations() {
  const { language } = useI18n()
  const [explanations] = createResource(language, async (wanted) => (await load[wanted]()).explanations)
  return (kind: keyof Explanations, code: string): Explanation | undefined => explanations.latest?.[kind][code]
}
