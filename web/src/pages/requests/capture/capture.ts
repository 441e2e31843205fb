import type { RequestCaptureQuery } from "#generated/web/graphql.ts"

/** All that was captured of one exchange. */
export type Capture = NonNullable<NonNullable<RequestCaptureQuery["request"]>["capture"]>

export type CapturedText = Capture["request"]["body"]
