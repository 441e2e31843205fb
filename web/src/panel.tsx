/**
 * What every page may ask for: the client, how the streams are, and the session. The session is a small state machine:
 * asking → signed in | signed out | unreachable; anything that the control plane refuses makes it ask again, so that
 * a session that ended elsewhere leads to the sign-in page whatever was refused first.
 */
import type { Client } from "@urql/core"
import { type Accessor, createContext, createSignal, type ParentProps, useContext } from "solid-js"
import { signOutDocument, viewerDocument, type ViewerQuery } from "#generated/web/graphql.ts"
import { type Connection, createPanelClient } from "./graphql/client.ts"

export type Viewer = NonNullable<ViewerQuery["viewer"]>

export type SessionState =
  | { type: "asking" }
  | { type: "signed-in"; viewer: Viewer }
  | { type: "signed-out"; ended: boolean }
  | { type: "unreachable" }

export interface Session {
  state: Accessor<SessionState>
  /** Asks the control plane who we are; calls that overlap are one. */
  ask: () => Promise<void>
  signedIn: (viewer: Viewer) => void
  signOut: () => Promise<void>
}

export interface Panel {
  client: Client
  connection: Connection
  session: Session
}

export interface PanelOptions {
  url: string
  retryDelayMs?: (attempts: number) => number
}

/** Makes the panel's client and session, and asks who we are. */
export function createPanel(options: PanelOptions): Panel {
  const [state, setState] = createSignal<SessionState>({ type: "asking" })
  const { client, connection } = createPanelClient({ ...options, onRefused: () => void ask() })

  let asking: Promise<void> | undefined
  const askNow = async () => {
    const result = await client.query(viewerDocument, {}, { asksSession: true }).toPromise()
    const before = state()
    if (result.data !== undefined) {
      const viewer = result.data.viewer
      if (viewer !== null) {
        if (before.type !== "signed-in") setState({ type: "signed-in", viewer })
      } else if (before.type !== "signed-out") setState({ type: "signed-out", ended: before.type === "signed-in" })
    } else if (before.type === "asking") setState({ type: "unreachable" })
  }
  const ask = () => (asking ??= askNow().finally(() => (asking = undefined)))

  const session: Session = {
    state,
    ask,
    signedIn: (viewer) => setState({ type: "signed-in", viewer }),
    signOut: async () => {
      const result = await client.mutation(signOutDocument, {}).toPromise()
      if (result.data?.signOut.__typename === "SignOutSuccess") setState({ type: "signed-out", ended: false })
    },
  }
  void ask()
  return { client, connection, session }
}

const PanelContext = createContext<Panel>()

export function PanelProvider(props: ParentProps<{ panel: Panel }>) {
  return <PanelContext.Provider value={props.panel}>{props.children}</PanelContext.Provider>
}

/** The panel of the surrounding provider. */
export function usePanel(): Panel {
  const panel = useContext(PanelContext)
  if (panel === undefined) throw new Error("usePanel is used outside of PanelProvider")
  return panel
}
