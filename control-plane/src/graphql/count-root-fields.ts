import type { Plugin } from "graphql-yoga"
import {
  Kind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type SelectionSetNode,
} from "graphql"
import type { GraphqlContext } from "../context.ts"

/** Tells each root field that a valid document asks for: names of the schema, whatever the document calls them. */
export function useRootFieldCount(
  onField: (type: string, field: string) => void,
): Plugin<GraphqlContext, GraphqlContext> {
  const count = (schema: GraphQLSchema, document: DocumentNode, operationName: string | null | undefined): void => {
    const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
    const operation = operations.find(({ name }) => name?.value === operationName) ?? operations[0]
    if (operation === undefined) return
    const type = schema.getRootType(operation.operation)
    for (const field of rootFields(document, operation.selectionSet)) {
      if (type?.getFields()[field] !== undefined) onField(type.name, field)
    }
  }
  return {
    onExecute: ({ args }) => count(args.schema, args.document, args.operationName),
    onSubscribe: ({ args }) => count(args.schema, args.document, args.operationName),
  }
}

function* rootFields(document: DocumentNode, { selections }: SelectionSetNode): Generator<string> {
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) yield selection.name.value
    else if (selection.kind === Kind.INLINE_FRAGMENT) yield* rootFields(document, selection.selectionSet)
    else {
      const fragment = document.definitions.find(
        (one): one is FragmentDefinitionNode =>
          one.kind === Kind.FRAGMENT_DEFINITION && one.name.value === selection.name.value,
      )
      if (fragment !== undefined) yield* rootFields(document, fragment.selectionSet)
    }
  }
}
