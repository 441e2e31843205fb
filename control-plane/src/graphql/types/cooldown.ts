import { builder } from "../builder.ts"

export const Cooldown = builder.prismaObject("Cooldown", {
  description: "What rests on an account, and until when.",
  fields: (t) => ({
    bucket: t.exposeString("bucket", { description: "gemini, third_party or image: the models that share a quota." }),
    cause: t.exposeString("cause", { description: "A class of failure, as docs/reference/blame.md explains it." }),
    evidence: t.exposeString("evidence", { description: "What the upstream said, redacted." }),
    since: t.expose("since", { type: "DateTime" }),
    until: t.expose("until", { type: "DateTime" }),
  }),
})
