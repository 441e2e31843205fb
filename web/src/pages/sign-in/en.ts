export const en = {
  signIn: {
    title: "Sign in",
    name: "Name",
    password: "Password",
    passwordHint: "The first start printed it; ADMIN_PASSWORD sets it.",
    submit: "Sign in",
    submitting: "Signing in…",
    ended: "Your session has ended. Sign in again to go on.",
    passwordMissing: "Type the password first.",
  },
} as const
