/** The fields of the schema's roots that an operation asks for, also through fragments. */
import {
  getOperationAST,
  Kind,
  type DocumentNode,
  type GraphQLField,
  type GraphQLSchema,
  type SelectionSetNode,
} from "graphql"

export function rootFieldsOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null | undefined,
): GraphQLField<unknown, unknown>[] {
  const operation = getOperationAST(document, operationName)
  if (!operation) return []
  const fields = schema.getRootType(operation.operation)?.getFields() ?? {}
  const fragments = new Map(
    document.definitions.flatMap((one) => (one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one]] : [])),
  )
  const namesIn = ({ selections }: SelectionSetNode): string[] =>
    selections.flatMap((selection) => {
      if (selection.kind === Kind.FIELD) return [selection.name.value]
      if (selection.kind === Kind.INLINE_FRAGMENT) return namesIn(selection.selectionSet)
      const fragment = fragments.get(selection.name.value)
      // A valid document holds no fragment that spreads itself.
      return fragment === undefined ? [] : namesIn(fragment.selectionSet)
    })
  return namesIn(operation.selectionSet).flatMap((name) => fields[name] ?? [])
}
