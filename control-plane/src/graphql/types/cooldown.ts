import { WHOLE_ACCOUNT } from "../../accounts/rest.ts"
import { QUOTA_BUCKETS } from "#shared/quota-bucket.ts"
import { builder } from "../builder.ts"
import { bucketOf, QuotaBucket } from "./quota-enums.ts"

const CooldownState = builder.enumType("CooldownState", {
  description: "Where a rest stands.",
  values: {
    RESTING: { description: "Nothing is sent until its time is over." },
    PROBING: { description: "Its time is over: one request goes first, and all follow when that is served." },
  },
})

/** What a rest may be of, as its column has it; of another version's buckets none is shown. */
export const RESTED = [WHOLE_ACCOUNT, ...QUOTA_BUCKETS]

export const Cooldown = builder.prismaObject("Cooldown", {
  description: "What rests on an account, and until when.",
  fields: (t) => ({
    bucket: t.field({
      type: QuotaBucket,
      nullable: true,
      description: "The models that rest. Null: all of the account.",
      resolve: (row) => (row.bucket === WHOLE_ACCOUNT ? null : bucketOf(row)),
    }),
    cause: t.exposeString("cause", { description: "A class of failure, as docs/reference/blame.md explains it." }),
    evidence: t.exposeString("evidence", { description: "What the upstream said, redacted." }),
    state: t.field({
      type: CooldownState,
      description: "A rest that was probed, or that a reading of the quota has ended, is not listed any more.",
      select: { until: true },
      resolve: ({ until }, _args, { services }) => (until.getTime() > services.clock.now() ? "RESTING" : "PROBING"),
    }),
    since: t.expose("since", { type: "DateTime", description: "When the upstream refused it." }),
    until: t.expose("until", {
      type: "DateTime",
      description:
        "Until when nothing is sent: as the upstream told of a quota, ten minutes of an account that was refused as a whole.",
    }),
  }),
})
