import { field, items, numberField, textField } from "../../json.ts"
import { builder } from "../builder.ts"

interface SchemaChangeShape {
  readonly tool: string
  readonly path: string
  readonly change: string
}

interface SchemaReportShape {
  readonly total: number
  readonly listed: readonly SchemaChangeShape[]
}

/** The report of a request's row, as its data plane made it. */
export function readSchemaReport(json: unknown): SchemaReportShape | null {
  const total = numberField(json, "total")
  if (total === undefined) return null
  const listed = items(field(json, "listed")).map((change) => ({
    tool: textField(change, "tool") ?? "",
    path: textField(change, "path") ?? "",
    change: textField(change, "change") ?? "",
  }))
  return { total, listed }
}

const SchemaChange = builder.objectRef<SchemaChangeShape>("SchemaChange").implement({
  description: "One thing that was changed of a tool's schema, so that the upstream takes it.",
  fields: (t) => ({
    tool: t.exposeString("tool", { description: "The tool's name as the client wrote it." }),
    path: t.exposeString("path", { description: "From the schema's root; empty for the root itself." }),
    change: t.exposeString("change", { description: "One clause in English." }),
  }),
})

export const SchemaReport = builder.objectRef<SchemaReportShape>("SchemaReport").implement({
  description: "What was changed of the schemas of a request's tools.",
  fields: (t) => ({
    total: t.exposeInt("total", { description: "How many changes there were." }),
    listed: t.field({
      type: [SchemaChange],
      description: "Some of them, at least one of each tool while there is room.",
      resolve: ({ listed }) => [...listed],
    }),
  }),
})
