import { createContext, type ParentProps, useContext } from "solid-js"
import { usePanel } from "./panel.tsx"
import { type PageRoute, pageRoutes } from "./routes.ts"

const CurrentPage = createContext<PageRoute>()

/** Tells what is below which page it is on. */
export function CurrentPageProvider(props: ParentProps<{ route: PageRoute }>) {
  return <CurrentPage.Provider value={props.route}>{props.children}</CurrentPage.Provider>
}

/** The page that the caller is on; undefined outside of every page. */
export const useCurrentPage = (): PageRoute | undefined => useContext(CurrentPage)

/** The pages that the viewer may open. */
export function createOwnPages(): () => readonly PageRoute[] {
  const { may } = usePanel()
  return () => pageRoutes.filter(({ scope }) => may(scope))
}
