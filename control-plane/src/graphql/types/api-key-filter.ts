import { builder } from "../builder.ts"

export const ApiKeyFilter = builder.inputType("ApiKeyFilter", {
  description: "What is left out or null leaves nothing out.",
  fields: (t) => ({ name: t.string({ description: "Of exactly this name; several keys may have it." }) }),
})
