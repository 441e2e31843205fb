import { builder } from "../builder.ts"

export const ReplacedKey = builder.prismaObject("ReplacedKey", {
  description: "What a key was before a rotation.",
  fields: (t) => ({
    prefix: t.exposeString("prefix", { description: "The first characters, by which a person recognises it." }),
    worksUntil: t.expose("worksUntil", {
      type: "DateTime",
      description: "From then on it is refused, and told that it was replaced.",
    }),
  }),
})
