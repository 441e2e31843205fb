/**
 * The closed list of what can go wrong between a client and the data plane. Each code has a row in
 * `docs/reference/errors.md` (`npm run check` compares both directions) and in every dialect's error table.
 */
export const ERROR_CODES = {
  invalid_json: { status: 400, fault: "client" },
  invalid_request: { status: 400, fault: "client" },
  missing_parameter: { status: 400, fault: "client" },
  unsupported_parameter: { status: 400, fault: "client" },
  unsupported_tool: { status: 400, fault: "client" },
  context_length_exceeded: { status: 400, fault: "client" },
  upstream_rejected_request: { status: 400, fault: "client" },
  invalid_api_key: { status: 401, fault: "client" },
  permission_denied: { status: 403, fault: "client" },
  model_not_found: { status: 404, fault: "client" },
  not_stored: { status: 404, fault: "client" },
  unknown_path: { status: 404, fault: "client" },
  method_not_allowed: { status: 405, fault: "client" },
  request_too_large: { status: 413, fault: "client" },
  unsupported_encoding: { status: 415, fault: "client" },
  upgrade_refused: { status: 426, fault: "client" },
  headers_too_many: { status: 431, fault: "client" },
  pool_busy: { status: 429, fault: "pool" },
  pool_cooling: { status: 429, fault: "pool" },
  pool_exhausted: { status: 429, fault: "pool" },
  upstream_rate_limited: { status: 429, fault: "upstream" },
  upstream_refused_request: { status: 429, fault: "upstream" },
  no_upstream_account: { status: 503, fault: "pool" },
  upstream_overloaded: { status: 503, fault: "upstream" },
  egress_blocked: { status: 503, fault: "us" },
  not_ready: { status: 503, fault: "us" },
  shutting_down: { status: 503, fault: "us" },
  upstream_failed: { status: 502, fault: "upstream" },
  upstream_interrupted: { status: 502, fault: "upstream" },
  upstream_empty_answer: { status: 502, fault: "upstream" },
  upstream_malformed_call: { status: 502, fault: "upstream" },
  client_version_unsupported: { status: 502, fault: "us" },
  upstream_timeout: { status: 504, fault: "upstream" },
  client_cancelled: { status: 499, fault: "client" },
  internal: { status: 500, fault: "us" },
} as const satisfies Record<string, { status: number; fault: "client" | "pool" | "upstream" | "us" }>

export type ErrorCode = keyof typeof ERROR_CODES
