import { includesScope, type Principal } from "../../auth/principal.ts"
import { browserCookie, sessionCookie } from "../../auth/cookies.ts"
import type { Entered } from "../../auth/auth.ts"
import type { GraphqlContext } from "../../context.ts"
import { RefusedError } from "../../failure.ts"
import { builder, expectedFailures } from "../builder.ts"
import { changingPrincipal, knownPrincipal } from "../fresh.ts"
import { Viewer } from "../types/viewer.ts"

interface ShownViewer {
  readonly viewer: Principal
}

const SignInSuccess = builder.objectRef<ShownViewer>("SignInSuccess").implement({
  description: "You are signed in, in the session of the cookie.",
  fields: (t) => ({ viewer: t.expose("viewer", { type: Viewer, description: "You." }) }),
})

const SignOutSuccess = builder.objectRef<{ readonly signedOut: boolean }>("SignOutSuccess").implement({
  description: "The cookie is taken back.",
  fields: (t) => ({ signedOut: t.exposeBoolean("signedOut", { description: "False: there was no session to end." }) }),
})

const ReauthenticateSuccess = builder.objectRef<ShownViewer>("ReauthenticateSuccess").implement({
  description: "The password counts as just given.",
  fields: (t) => ({ viewer: t.expose("viewer", { type: Viewer, description: "You, with freshUntil." }) }),
})

const ChangePasswordSuccess = builder.objectRef<ShownViewer>("ChangePasswordSuccess").implement({
  description: "The new password is in force, and only this session is left.",
  fields: (t) => ({
    viewer: t.expose("viewer", {
      type: Viewer,
      description: "You, in a session that was given the password just now.",
    }),
  }),
})

const EndSessionSuccess = builder.objectRef<{ readonly sessionId: string }>("EndSessionSuccess").implement({
  description: "The session is over.",
  fields: (t) => ({ sessionId: t.exposeID("sessionId", { description: "The one that was ended." }) }),
})

const EndOtherSessionsSuccess = builder.objectRef<{ readonly ended: number }>("EndOtherSessionsSuccess").implement({
  description: "You are signed in here alone.",
  fields: (t) => ({ ended: t.exposeInt("ended", { description: "How many." }) }),
})

/** Puts the session's token into the cookie. */
function enter({ setCookie, services }: GraphqlContext, { principal, token, browserToken }: Entered): ShownViewer {
  setCookie(sessionCookie(token, services.config.behindTls))
  if (browserToken !== undefined) setCookie(browserCookie(browserToken, services.config.behindTls))
  return { viewer: principal }
}

/** Signing in and out, and what becomes of sessions. */
export function addSessionMutations(): void {
  builder.mutationFields((t) => ({
    signIn: t.field({
      type: SignInSuccess,
      description: "Signs in to the panel: the answer sets the session's cookie.",
      authScopes: { public: true },
      errors: expectedFailures,
      args: {
        name: t.arg.string({ defaultValue: "admin", description: "The administrator's." }),
        password: t.arg.string({ required: true, description: "The administrator's." }),
      },
      resolve: async (_root, { name, password }, context) => {
        const { services, address, userAgent, browserToken, principal } = context
        const input = { name: name ?? "admin", password }
        const signIn = () => services.auth.signIn(input, { address, userAgent, browserToken }, principal)
        return enter(context, await services.metrics.signIn(signIn))
      },
    }),
    signOut: t.field({
      type: SignOutSuccess,
      description: "Ends this session and takes its cookie back.",
      authScopes: { public: true },
      errors: expectedFailures,
      resolve: async (_root, _args, { services, principal, setCookie }) => {
        setCookie(sessionCookie(undefined, services.config.behindTls))
        if (principal?.origin !== "SESSION") {
          services.audit.refuse("not_signed_in")
          return { signedOut: false }
        }
        await services.auth.signOut(principal.id)
        return { signedOut: true }
      },
    }),
    reauthenticate: t.field({
      type: ReauthenticateSuccess,
      description: "Gives the password of this session again; for ten minutes it may then do what needs that.",
      authScopes: { scope: "READ" },
      errors: expectedFailures,
      args: { password: t.arg.string({ required: true, description: "The one you sign in with." }) },
      resolve: async (_root, { password }, context) => {
        const { services, address } = context
        return enter(context, await services.auth.reauthenticate(password, knownPrincipal(context), address))
      },
    }),
    changePassword: t.field({
      type: ChangePasswordSuccess,
      description: "Changes your own password and ends your other sessions.",
      authScopes: { scope: "READ" },
      errors: expectedFailures,
      args: {
        password: t.arg.string({ required: true, description: "The one until now." }),
        newPassword: t.arg.string({ required: true, description: "At least 12 uncommon characters." }),
      },
      resolve: async (_root, { password, newPassword }, context) => {
        const { services, address } = context
        const input = { current: password, next: newPassword }
        return enter(context, await services.auth.changePassword(input, changingPrincipal(context), address))
      },
    }),
    endSession: t.field({
      type: EndSessionSuccess,
      description: "Signs one browser out: one of your own, or with the scope ADMIN anybody's.",
      authScopes: { scope: "READ" },
      errors: expectedFailures,
      args: { id: t.arg.id({ required: true, description: "Of Query.sessions." }) },
      resolve: async (_root, { id }, context) => {
        const { scope, administratorId = "" } = changingPrincipal(context)
        await context.services.auth.sessions.end(id, includesScope(scope, "ADMIN") ? undefined : administratorId)
        return { sessionId: id }
      },
    }),
    endOtherSessions: t.field({
      type: EndOtherSessionsSuccess,
      description: "Signs you out everywhere but here.",
      authScopes: { scope: "READ" },
      errors: expectedFailures,
      resolve: async (_root, _args, context) => {
        const { id, administratorId } = changingPrincipal(context)
        if (administratorId === undefined) {
          throw new RefusedError("session_only", "This is for who is signed in; ADMIN_TOKEN has no sessions.")
        }
        return { ended: await context.services.auth.sessions.endOthers(administratorId, id) }
      },
    }),
  }))
}
