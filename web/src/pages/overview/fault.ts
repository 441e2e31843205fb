/** Whose fault an error is, as `docs/reference/errors.md` has it; a test compares both. */

export const faults = ["client", "pool", "upstream", "us"] as const

export type Fault = (typeof faults)[number]

const codes: Readonly<Record<Exclude<Fault, "client">, readonly string[]>> = {
  pool: ["pool_busy", "pool_cooling", "pool_exhausted", "no_upstream_account"],
  upstream: [
    "image_generation_failed",
    "upstream_rate_limited",
    "upstream_refused_request",
    "upstream_overloaded",
    "upstream_failed",
    "upstream_interrupted",
    "upstream_empty_answer",
    "upstream_malformed_call",
    "upstream_timeout",
  ],
  us: ["egress_blocked", "not_ready", "shutting_down", "client_version_unsupported", "internal"],
}

/** The client's, where it is nobody else's. */
export const faultOf = (code: string): Fault =>
  faults.find((fault) => fault !== "client" && codes[fault].includes(code)) ?? "client"
