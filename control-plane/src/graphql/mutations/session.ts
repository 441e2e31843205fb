import type { Principal } from "../../auth/principal.ts"
import { sessionCookie } from "../../auth/cookies.ts"
import { builder, expectedFailures } from "../builder.ts"
import { Viewer } from "../types/viewer.ts"

const SignInSuccess = builder.objectRef<{ readonly viewer: Principal }>("SignInSuccess").implement({
  fields: (t) => ({ viewer: t.expose("viewer", { type: Viewer }) }),
})

const SignOutSuccess = builder.objectRef<{ readonly signedOut: boolean }>("SignOutSuccess").implement({
  fields: (t) => ({ signedOut: t.exposeBoolean("signedOut") }),
})

/** Signing in and out. */
export function addSessionMutations(): void {
  builder.mutationFields((t) => ({
    signIn: t.field({
      type: SignInSuccess,
      authScopes: { public: true },
      errors: expectedFailures,
      args: { name: t.arg.string({ defaultValue: "admin" }), password: t.arg.string({ required: true }) },
      resolve: async (_root, { name, password }, { services, address, setCookie }) => {
        const { principal, token } = await services.auth.signIn({ name: name ?? "admin", password, address })
        setCookie(sessionCookie(token, services.config.behindTls))
        return { viewer: principal }
      },
    }),
    signOut: t.field({
      type: SignOutSuccess,
      authScopes: { public: true },
      errors: expectedFailures,
      resolve: async (_root, _args, { services, principal, setCookie }) => {
        setCookie(sessionCookie(undefined, services.config.behindTls))
        if (principal?.origin !== "SESSION") return { signedOut: false }
        await services.auth.signOut(principal.id)
        return { signedOut: true }
      },
    }),
  }))
}
