import type { Explanations } from "./explanation.ts"

/** As docs/reference/blame.md and docs/reference/errors.md have it, which a test compares. */
export const explanations: Explanations = {
  failureClass: {
    client_cancel: { means: "The client left.", done: "Ends the upstream's stream at once.", help: "Nothing." },
    egress_block: {
      means: 'Google refuses this machine\'s address ("automated queries"). No account is at fault.',
      done: "Sends nothing at all until the time is over, for any account; a success makes the next rest short again.",
      help: "Wait, send less at once, or use another way out: OUTBOUND_PROXY.",
    },
    client_version: {
      means: "The upstream wants another client version, or the model was retired.",
      done: "Logs upstream.client-version as an error. The notice never reaches a client as an answer.",
      help: "See ANTIGRAVITY_USER_AGENT; for a retired model ask for its successor.",
    },
    validation: {
      means: "The owner must verify the account.",
      done: "State NEEDS_VERIFICATION, with the link only where it is https at accounts.google.com. Nothing is sent with the account.",
      help: "Verify in a browser that is signed in as the account, soon: the link expires. Then test the account.",
    },
    tos_disabled: {
      means: "The provider disabled the account for a violation of its terms.",
      done: "State DISABLED_BY_PROVIDER, with the appeal's link. Nothing is sent with the account.",
      help: "Appeal; once the provider has agreed, test the account. Take it as a warning for the other accounts.",
    },
    project_fault: {
      means: "The account's project is missing, another owner's or without licence.",
      done: "State NEEDS_PROJECT. A project that nobody gave is asked for once more; when the provider names another one, the account goes on with that.",
      help: "Set the id of a project that it may use, among the account's settings.",
    },
    auth: {
      means: "The access token was refused.",
      done: "Has it renewed and tries once more; only a second refusal, with the new token, is held against the account: NEEDS_LOGIN.",
      help: "On NEEDS_LOGIN: sign in again.",
    },
    forbidden_other: {
      means: "The provider refused the account for another reason.",
      done: "Another account serves. The third time within 24 hours the account is disabled: state DISABLED_BY_PROVIDER.",
      help: "Read the reason in the request's record, or in the account's state.",
    },
    location: {
      means: "The model is not offered where the account, or this machine, is. Claude may still be.",
      done: "Another account serves.",
      help: "Another way out (OUTBOUND_PROXY), or a model of another bucket.",
    },
    signature: {
      means: "A thinking signature in the history is missing, foreign or broken.",
      done: "Sends the request once more without thoughts and signatures, to the same account.",
      help: "Nothing; a client that edits the history causes it.",
    },
    bad_request: {
      means: "The request itself was refused.",
      done: "Tells the client; no other account is asked.",
      help: "Read the message.",
    },
    model_missing: {
      means: "The account does not have the model: roll-outs differ by account.",
      done: "Tries the next base URL once, then other accounts; the 404 names the nearest ids.",
      help: "Use a model that the panel lists for the account.",
    },
    credits: {
      means: "Only paid credits would serve this.",
      done: "Lagrange never spends credits, so there are none to switch off: another account serves.",
      help: "Wait for the quota's reset.",
    },
    capacity: {
      means: "The upstream has no capacity for the model. No account is at fault, and none is marked.",
      done: "Waits 1, 2 and 4 s (or as told, up to 10 s) within the thirty seconds; then the model rests for everybody.",
      help: "Use another model for a while.",
    },
    rate_short: {
      means: "A rate limit that ends within 3 s.",
      done: "Waits as told and half a second, then again twice that, then moves on.",
      help: "Nothing; when it is frequent, more accounts.",
    },
    rate: {
      means: "A rate limit that ends within 5 minutes.",
      done: "Another account serves.",
      help: "More accounts, or fewer requests at once.",
    },
    quota: {
      means: "The account's quota for this bucket is used up.",
      done: "Another account serves; the other buckets of this one go on. A success makes the next rest short again.",
      help: "Wait for the reset, or add accounts.",
    },
    bare_429: {
      means:
        "A 429 without a reason: usually the upstream dislikes the request's text, most often a sentence in the system prompt; sometimes it is a real limit.",
      done: "Asks one other account. When that says the same it is the text: nobody rests, and for ten minutes a request with that system text is not tried twice.",
      help: "Change the system prompt.",
    },
    server: {
      means: "The upstream, or the way to it, failed.",
      done: "Tries the next base URL, then once more after 1 s, then other accounts.",
      help: "Nothing; if it stays, look at the network.",
    },
    empty: {
      means: "The answer held nothing usable. After results of tools an empty end is legal, and passed on.",
      done: "Tries again after 0.5 and 1 s, then one other account. Never makes up a text.",
      help: "Nothing; when it happens always, change the prompt.",
    },
    malformed_call: {
      means: "The model wrote a tool call that cannot be read.",
      done: "Tries once more before content; afterwards the stream ends in an error.",
      help: "Nothing; simpler tool schemas help.",
    },
    truncated: {
      means: "The answer broke off after content.",
      done: "The stream ends in an error, a client that does not stream gets no part of the answer.",
      help: "Try again.",
    },
  },
  errorCode: {
    invalid_json: {
      means: "The body is not JSON.",
      help: "Send a JSON body; the message says what is wrong with it, and where the parser knows the place.",
    },
    invalid_request: { means: "A field is missing or has a wrong value.", help: "Mend the field that param names." },
    missing_parameter: {
      means: "A field that the request needs is missing.",
      help: "Send the field that param names. For a missing model operators can set a default (DEFAULT_MODEL).",
    },
    unsupported_parameter: {
      means: "A field asks for what this gateway cannot give.",
      help: "Leave out the field that param names.",
    },
    unsupported_tool: {
      means: "The request insists on a tool that only its vendor can run.",
      help: "Leave the choice open, or choose a tool that your client runs.",
    },
    context_length_exceeded: {
      means: "The prompt is longer than the model's context.",
      help: "Shorten the conversation, or use a model with a larger context.",
    },
    upstream_rejected_request: {
      means: "The upstream refused the request as it is.",
      help: "Read the message; the same request fails again.",
    },
    image_generation_failed: {
      means: "An image was asked for and the model answered with words, or with nothing.",
      help: "Read the message, which has the model's words; change the prompt.",
    },
    content_policy_violation: {
      means: "The upstream's safety rules refused the image.",
      help: "Change the prompt or the image; the same request is refused again.",
    },
    invalid_api_key: {
      means: "No key, or one that is not known, was mistyped, is disabled, has expired or was replaced.",
      help: "Read the message, which says which; send a key of this gateway, made in the panel under Keys.",
    },
    permission_denied: {
      means: "The key may not be used for this model or this API, or not from this address.",
      help: "Read the message; use another key, or ask the operator.",
    },
    model_not_found: {
      means: "No account offers a model of this name.",
      help: "Use one of the names in the message or of GET /v1/models.",
    },
    not_stored: {
      means: "The request names an answer or an item of before; nothing is kept here.",
      help: "Send the whole conversation with each request.",
    },
    unknown_path: {
      means: "There is nothing at this path.",
      help: "Check the base URL: it ends where the dialect's own path begins.",
    },
    method_not_allowed: {
      means: "The path exists for another method.",
      help: "Use a method that the allow header names.",
    },
    request_too_large: {
      means: "The body is over the size limit.",
      help: "Send less: the limit is 64 MiB after unpacking.",
    },
    unsupported_encoding: {
      means: "The body's content-encoding cannot be read.",
      help: "Send it plain, or as gzip, br, deflate or, on Node 22.15 and later, zstd.",
    },
    upgrade_refused: {
      means: "The path was asked for as a WebSocket.",
      help: "Send a POST; answers stream as server-sent events.",
    },
    headers_too_many: { means: "The request's headers are over the limit.", help: "Send fewer or shorter headers." },
    key_guesses_limited: {
      means: "Many wrong keys came from this address, so that keys chosen by hand are looked at once a second only.",
      help: "Send a key made in the panel, which this never concerns; look for a client with an old key. Behind a proxy: set TRUSTED_PROXIES.",
    },
    key_quota_used: {
      means: "The key has used up its tokens of this UTC day or month.",
      help: "Wait for the time that the answer names, use another key, or ask the operator for a larger tokensPerDay or tokensPerMonth.",
    },
    key_requests_limited: {
      means: "The key has made as many requests as it may in a minute.",
      help: "Try again after retry-after, or ask the operator for more requestsPerMinute.",
    },
    key_tokens_limited: {
      means: "The key has used as many tokens as it may in a minute.",
      help: "Try again after retry-after, or ask the operator for more tokensPerMinute.",
    },
    pool_busy: {
      means:
        "Every account that could serve is busy, or one request tries first what has rested, and the queue is full or the wait was too long.",
      help: "Try again after retry-after; operators: more accounts, or higher concurrency limits.",
    },
    pool_cooling: {
      means: "Every account that could serve is cooling down and will be back soon.",
      help: "Try again after retry-after.",
    },
    pool_exhausted: {
      means: "The quota of every account for this model is used up.",
      help: "Wait for the reset that the answer names, use another model, or add accounts.",
    },
    upstream_rate_limited: {
      means: "The upstream limits the rate, on every account that was tried.",
      help: "Try again after retry-after.",
    },
    upstream_refused_request: {
      means: "The upstream refused without a reason: mostly it dislikes the request's text, sometimes it is a limit.",
      help: "Do not repeat it at once; try a changed prompt. No account is cooled down for it.",
    },
    no_upstream_account: {
      means: "There is no account that can serve.",
      help: "Operators: add an account, or mend the ones that ask for attention in the panel.",
    },
    upstream_overloaded: {
      means: "The upstream has no capacity for the model.",
      help: "Try again later, or use another model.",
    },
    egress_blocked: {
      means: "The upstream blocks this machine's network address.",
      help: "Operators: wait, or use another way out (OUTBOUND_PROXY).",
    },
    not_ready: {
      means: "The data plane has no snapshot to serve from yet.",
      help: "Try again in a moment; GET /ready names what is missing.",
    },
    shutting_down: { means: "This process is ending.", help: "Try again; another process takes over." },
    upstream_failed: {
      means: "The upstream failed or could not be reached.",
      help: "Try again; operators: open the request in the panel for its attempts.",
    },
    upstream_interrupted: {
      means: "The upstream's answer broke off before its end.",
      help: "Try again. A part of an answer is never given as a whole one.",
    },
    upstream_empty_answer: {
      means: "The upstream ended the answer without saying anything.",
      help: "Try again; when it happens always, change the prompt.",
    },
    upstream_malformed_call: {
      means: "The model wrote a tool call that cannot be read or was not asked for.",
      help: "Try again.",
    },
    client_version_unsupported: {
      means: "The upstream wants another client version, or the model was retired.",
      help: "Operators: see ANTIGRAVITY_USER_AGENT in the configuration reference.",
    },
    upstream_timeout: {
      means: "The upstream did not answer in time.",
      help: "Try again; operators: see FIRST_BYTE_TIMEOUT_MS and STREAM_IDLE_TIMEOUT_MS.",
    },
    client_cancelled: {
      means: "The client left before the answer was ready.",
      help: "Nothing; this is only seen in records.",
    },
    internal: { means: "The gateway itself failed.", help: "Report it with the request id." },
  },
}
