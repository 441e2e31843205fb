/**
 * What every page may ask for: the client, how the streams are, and the session. The session is a small state machine:
 * asking → signed in | signed out | unreachable; anything that the control plane refuses makes it ask again, so that
 * a session that ended elsewhere leads to the sign-in page whatever was refused first.
 */
import type { Client } from "@urql/core"
import { type Accessor, createContext, createSignal, type ParentProps, useContext } from "solid-js"
import { signOutDocument, viewerDocument, type ViewerQuery } from "#generated/web/graphql.ts"
import type { AdminScope } from "#generated/web/graphql.ts"
import { createPanelClient } from "./graphql/client.ts"
import type { Connection } from "./graphql/connection.ts"

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

/** The password, where the control plane wants it again before it does something. */
export interface PasswordRequest {
  isAsked: Accessor<boolean>
  /** Asks for it; true: it was given, false: the person did not want to. Who asks meanwhile gets the same answer. */
  ask: () => Promise<boolean>
  answer: (isGiven: boolean) => void
}

export interface Panel {
  client: Client
  connection: Connection
  session: Session
  password: PasswordRequest
  /** Whether the viewer's role holds this scope. */
  may: (scope: AdminScope) => boolean
}

const ranks: Readonly<Record<AdminScope, number>> = { READ: 0, OPERATE: 1, ADMIN: 2 }

function createPasswordRequest(): PasswordRequest {
  const [asked, setAsked] = createSignal<{ promise: Promise<boolean>; resolve: (isGiven: boolean) => void }>()
  return {
    isAsked: () => asked() !== undefined,
    ask: () => {
      const now = asked()
      if (now !== undefined) return now.promise
      let resolve: (isGiven: boolean) => void = () => undefined
      const promise = new Promise<boolean>((settle) => (resolve = settle))
      setAsked({ promise, resolve })
      return promise
    },
    answer: (isGiven) => {
      const now = asked()
      setAsked(undefined)
      now?.resolve(isGiven)
    },
  }
}

export interface PanelOptions {
  url: string
  retryDelayMs?: (failures: number) => number
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
        const isKnown =
          before.type === "signed-in" && before.viewer.name === viewer.name && before.viewer.scope === viewer.scope
        if (!isKnown) setState({ type: "signed-in", viewer })
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
  const may = (scope: AdminScope) => {
    const now = state()
    return now.type === "signed-in" && ranks[now.viewer.scope] >= ranks[scope]
  }
  return { client, connection, session, password: createPasswordRequest(), may }
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
