/** The list of upstream kinds, and nothing but the list. */
import type { UpstreamKind } from "#shared/snapshot.ts"
import { antigravity } from "./antigravity/index.ts"
import type { Upstream } from "./upstream.ts"

export const UPSTREAMS: Readonly<Record<UpstreamKind, Upstream>> = { antigravity }
