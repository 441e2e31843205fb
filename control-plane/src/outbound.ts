import { extraCertificateAuthorities } from "#shared/outbound/trust.ts"
import type { Config } from "./config.ts"

/** How every call that leaves the control plane goes out: through which proxy, trusting whom. */
export interface Outbound {
  readonly outboundProxy: string | undefined
  readonly certificateAuthorities: readonly string[] | undefined
}

export function createOutbound(config: Pick<Config, "outboundProxy" | "upstreamCaFile">): Outbound {
  return {
    outboundProxy: config.outboundProxy?.reveal(),
    certificateAuthorities: extraCertificateAuthorities(config.upstreamCaFile),
  }
}
