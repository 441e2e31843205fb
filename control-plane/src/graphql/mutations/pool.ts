import type { PoolState as State } from "../../accounts/pool-pause.ts"
import { builder, expectedFailures } from "../builder.ts"
import { PoolState } from "../types/pool-state.ts"

const ResumePoolSuccess = builder.objectRef<{ readonly pool: State }>("ResumePoolSuccess").implement({
  description: "The pool serves.",
  fields: (t) => ({ pool: t.expose("pool", { type: PoolState, description: "As it is now." }) }),
})

/** What an operator does to the pool as a whole. */
export function addPoolMutations(): void {
  builder.mutationFields((t) => ({
    resumePool: t.field({
      type: ResumePoolSuccess,
      description: "Ends the pool's pause; the answer comes when the connected data planes serve again.",
      authScopes: { scope: "OPERATE" },
      errors: expectedFailures,
      resolve: async (_root, _args, { services }) => ({ pool: await services.pause.resume() }),
    }),
  }))
}
