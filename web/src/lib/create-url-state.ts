import { useSearchParams } from "@solidjs/router"

/** What is chosen on a page, kept in its address, so that it can be given to somebody and survives a reload. */
export function createUrlState<Name extends string>() {
  const [params, setParams] = useSearchParams<Record<Name, string>>()
  return {
    get: (name: Name): string | undefined => {
      const value: string | readonly string[] | undefined = params[name]
      return typeof value === "string" && value !== "" ? value : undefined
    },
    /** What is undefined is taken out. The page's history gets no step for it. */
    set: (values: Partial<Record<Name, string | undefined>>): void => setParams(values, { replace: true }),
  }
}
