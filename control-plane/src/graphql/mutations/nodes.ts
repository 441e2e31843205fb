import type { NodeModel } from "#generated/sqlite/models.ts"
import type { Drained } from "../../link/drain.ts"
import { builder, expectedFailures } from "../builder.ts"
import { lastingPrincipal } from "../fresh.ts"
import { Node } from "../types/node.ts"

const CreateNodeInput = builder.inputType("CreateNodeInput", {
  description: "The data plane that may link.",
  fields: (t) => ({
    name: t.string({ required: true, description: "What people call it; no other has the name." }),
  }),
})

const CreateNodeSuccess = builder
  .objectRef<{ readonly node: NodeModel; readonly linkToken: string }>("CreateNodeSuccess")
  .implement({
    description: "The data plane may link.",
    fields: (t) => ({
      linkToken: t.exposeString("linkToken", { description: "The link token for LINK_TOKEN, shown this once." }),
      node: t.expose("node", { type: Node, description: "Not connected until it links." }),
    }),
  })

const RemoveNodeSuccess = builder.objectRef<{ readonly nodeId: string }>("RemoveNodeSuccess").implement({
  description: "The data plane may not link any more.",
  fields: (t) => ({ nodeId: t.exposeID("nodeId", { description: "The one that was removed." }) }),
})

const DrainNodeSuccess = builder.objectRef<Drained>("DrainNodeSuccess").implement({
  description: "The data plane is not ready any more; whatever comes nevertheless is served.",
  fields: (t) => ({
    inFlight: t.exposeInt("inFlight", { description: "Requests under way there. They go on." }),
    node: t.expose("node", { type: Node, description: "Its reasons name told_to_drain with its next heartbeat." }),
  }),
})

const ResumeNodeSuccess = builder.objectRef<Drained>("ResumeNodeSuccess").implement({
  description: "The data plane takes requests again.",
  fields: (t) => ({
    node: t.expose("node", {
      type: Node,
      description: "Its reasons name told_to_drain no more with its next heartbeat.",
    }),
  }),
})

/** Making, draining and removing data planes. */
export function addNodeMutations(): void {
  builder.mutationFields((t) => ({
    createNode: t.field({
      type: CreateNodeSuccess,
      description:
        "Lets another data plane link. Its token opens the accounts' credentials: a session needs its password again (reauthentication_required).",
      authScopes: { scope: "ADMIN" },
      errors: expectedFailures,
      args: { input: t.arg({ type: CreateNodeInput, required: true, description: "Its name." }) },
      resolve: async (_root, { input }, context) => {
        lastingPrincipal(context)
        const { row, linkToken } = await context.services.nodes.create(input.name)
        return { node: row, linkToken }
      },
    }),
    drainNode: t.field({
      type: DrainNodeSuccess,
      description:
        "Tells a data plane to say that it is not ready, so that a load balancer sends it nothing more. It lasts until resumeNode, or until that process ends.",
      authScopes: { scope: "OPERATE" },
      errors: expectedFailures,
      args: { id: t.arg.id({ required: true, description: "The data plane to drain." }) },
      resolve: (_root, { id }, { services }) => services.nodeDrain.tell(id, true),
    }),
    resumeNode: t.field({
      type: ResumeNodeSuccess,
      description: "Tells a data plane that drains to take requests again.",
      authScopes: { scope: "OPERATE" },
      errors: expectedFailures,
      args: { id: t.arg.id({ required: true, description: "The data plane that drains." }) },
      resolve: (_root, { id }, { services }) => services.nodeDrain.tell(id, false),
    }),
    removeNode: t.field({
      type: RemoveNodeSuccess,
      description: "Forgets a data plane and revokes its link token.",
      authScopes: { scope: "ADMIN" },
      errors: expectedFailures,
      args: { id: t.arg.id({ required: true, description: "The data plane to forget." }) },
      resolve: async (_root, { id }, { services }) => {
        await services.nodes.remove(id)
        return { nodeId: id }
      },
    }),
  }))
}
