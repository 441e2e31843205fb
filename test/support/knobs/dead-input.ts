import { builder } from "../../../control-plane/src/graphql/builder.ts"
import type { DeadKnob } from "./dead-knob.ts"
import { takeFromResolvers } from "./take-from-resolvers.ts"

/** In each schema that is built from now on. */
export function killInput(knob: DeadKnob, isDead: () => boolean): void {
  const toSchema = builder.toSchema.bind(builder)
  builder.toSchema = (...options) => {
    const schema = toSchema(...options)
    takeFromResolvers(schema, knob, isDead)
    return schema
  }
}
