/**
 * The bodies the upstream refuses with, word for word as they were recorded. A refusal is a value: who sends it, and
 * over what wire, is decided elsewhere. Sources: upstream-protocol 11 and the recorded samples under `test/samples`.
 */
import { goDuration, retryDelay, spokenDuration, timestamp } from "./time.ts"

/** An answer that is not a generation. `text` instead of `body`: HTTP 200 whose candidate says so. */
export interface Refusal {
  readonly status: number
  readonly body?: object | string
  readonly text?: string
  readonly headers?: Readonly<Record<string, string>>
}

const service = "cloudcode-pa.googleapis.com"
const errorInfo = "type.googleapis.com/google.rpc.ErrorInfo"

/** Google's error envelope. */
export function googleError(code: number, status: string, message: string, details?: readonly object[]): Refusal {
  return { status: code, body: { error: { code, message, status, ...(details ? { details } : {}) } } }
}

/** 400 INVALID_ARGUMENT with a message. */
export function invalidArgument(message = "Request contains an invalid argument."): Refusal {
  return googleError(400, "INVALID_ARGUMENT", message)
}

/** 400 whose message is an Anthropic error document as a string (upstream-protocol 6.3, rule 1). */
export function anthropicError(message: string, requestId = "req_vrtx_EXAMPLE"): Refusal {
  const inner = { type: "error", error: { type: "invalid_request_error", message }, request_id: requestId }
  return invalidArgument(JSON.stringify(inner))
}

/** 400 for members of the payload the message types do not have; one violation a line. */
export function payloadError(violations: readonly { readonly path: string; readonly text: string }[]): Refusal {
  const lines = violations.map(({ text }) => `Invalid JSON payload received. ${text}`)
  const fieldViolations = violations.map(({ path }, index) => ({
    ...(path === "" ? {} : { field: path }),
    description: lines[index],
  }))
  return googleError(400, "INVALID_ARGUMENT", lines.join("\n"), [
    { "@type": "type.googleapis.com/google.rpc.BadRequest", fieldViolations },
  ])
}

/** 400 for a Gemini 3 call of the current loop that came back without its signature. */
export function missingSignature(name: string, position: number): Refusal {
  return invalidArgument(
    "Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, " +
      "and missing thought_signature may lead to degraded model performance. Additional data, function call " +
      `\`default_api:${name}\` , position ${position}. Please refer to ` +
      "https://ai.google.dev/gemini-api/docs/thought-signatures for more details.",
  )
}

/** 400 for a signature Gemini did not mint. */
export function corruptedSignature(): Refusal {
  return invalidArgument("Corrupted thought signature.")
}

/** 400 because of the country. */
export function locationNotSupported(): Refusal {
  return googleError(400, "FAILED_PRECONDITION", "User location is not supported for the API use.")
}

/** 400 for built-in tools beside functions. */
export function mixedTools(): Refusal {
  return invalidArgument(
    "Please enable tool_config.include_server_side_tool_invocations to use Built-in tools with Function calling.",
  )
}

/** 401 for a missing, unknown or expired access token. */
export function unauthenticated(): Refusal {
  return googleError(
    401,
    "UNAUTHENTICATED",
    "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid " +
      "authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
  )
}

/** 403 for a project that is not the account's, or for the `x-goog-user-project` header. */
export function serviceDisabled(project: string): Refusal {
  const activationUrl = `https://console.developers.google.com/apis/api/${service}/overview?project=${project}`
  const message =
    `Cloud Code Private API has not been used in project ${project} before or it is disabled. Enable it by visiting ` +
    `${activationUrl} then retry. If you enabled this API recently, wait a few minutes for the action to propagate to ` +
    "our systems and retry."
  return googleError(403, "PERMISSION_DENIED", message, [
    {
      "@type": errorInfo,
      reason: "SERVICE_DISABLED",
      domain: "googleapis.com",
      metadata: {
        consumer: `projects/${project}`,
        service,
        serviceTitle: "Cloud Code Private API",
        containerInfo: project,
        activationUrl,
      },
    },
    { "@type": "type.googleapis.com/google.rpc.LocalizedMessage", locale: "en-US", message },
  ])
}

/** 403 for a project without a licence. */
export function subscriptionRequired(): Refusal {
  return googleError(
    403,
    "PERMISSION_DENIED",
    "You are currently configured to use a Google Cloud Project but lack a Gemini Code Assist license. Please contact " +
      "your administrator to request a license. (#3501)",
    [
      { "@type": errorInfo, reason: "SUBSCRIPTION_REQUIRED", domain: "cloudaicompanion.googleapis.com" },
      {
        "@type": "type.googleapis.com/google.rpc.Help",
        links: [
          {
            description: "Learn more",
            url: "https://cloud.google.com/gemini/docs/codeassist/request-license",
          },
        ],
      },
    ],
  )
}

/** 403 with which an account is disabled for good, newer form. */
export function termsViolation(): Refusal {
  return googleError(
    403,
    "PERMISSION_DENIED",
    "This service has been disabled in this account for violation of Terms of Service. Please submit an appeal to " +
      "continue using this product.",
    [
      {
        "@type": errorInfo,
        reason: "TOS_VIOLATION",
        domain: service,
        metadata: {
          uiMessage: "true",
          appeal_url_link_text: "Submit Appeal",
          appeal_url: "https://forms.gle/REDACTED",
        },
      },
    ],
  )
}

/** 403 with which an account is disabled for good, older form without details. */
export function termsViolationOld(): Refusal {
  return googleError(
    403,
    "PERMISSION_DENIED",
    "This service has been disabled in this account for violation of Terms of\n\t\tService. If you believe this is an " +
      "error, contact gemini-code-assist-user-feedback@google.com.",
  )
}

/** 403 asking the account's owner to verify in a browser. */
export function validationRequired(): Refusal {
  return googleError(403, "PERMISSION_DENIED", "Verify your account to continue.", [
    {
      "@type": errorInfo,
      reason: "VALIDATION_REQUIRED",
      domain: service,
      metadata: {
        validation_error_message: "Verify your account to continue.",
        validation_url_link_text: "Verify your account",
        validation_url: "https://accounts.google.com/signin/continue?REDACTED",
        validation_learn_more_link_text: "Learn more",
        validation_learn_more_url: "https://support.google.com/accounts?p=al_alert",
      },
    },
  ])
}

/** 403 for a project of another owner. */
export function generateChatDenied(project: string): Refusal {
  return googleError(
    403,
    "PERMISSION_DENIED",
    `Permission 'cloudaicompanion.companions.generateChat' denied on resource '//cloudaicompanion.googleapis.com/projects/${project}/locations/global' (or it may not exist).`,
  )
}

/** 404 for a model this account or client version does not have. */
export function notFound(): Refusal {
  return googleError(404, "NOT_FOUND", "Requested entity was not found.")
}

/** 429 without details, the refusal that depends on the request's text. */
export function bareExhausted(): Refusal {
  return googleError(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota).")
}

/** What a 429 with details says. */
export interface Exhaustion {
  readonly reason: "RATE_LIMIT_EXCEEDED" | "QUOTA_EXHAUSTED" | "INSUFFICIENT_G1_CREDITS_BALANCE"
  readonly model: string
  /** Milliseconds until it is over. */
  readonly delay: number
  /** Epoch milliseconds of the answer. */
  readonly now: number
  readonly individual?: boolean
}

/** 429 RESOURCE_EXHAUSTED with ErrorInfo and RetryInfo. */
export function exhausted({ reason, model, delay, now, individual = false }: Exhaustion): Refusal {
  const spoken = spokenDuration(delay)
  const message = individual
    ? `Individual quota reached. Contact your administrator to enable overages. Resets in ${spoken}.`
    : `You have exhausted your capacity on this model. Your quota will reset after ${spoken}.`
  return googleError(429, "RESOURCE_EXHAUSTED", message, [
    {
      "@type": errorInfo,
      reason,
      domain: service,
      metadata: {
        uiMessage: "true",
        model,
        quotaResetDelay: goDuration(delay),
        quotaResetTimeStamp: timestamp(now + delay),
      },
    },
    { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: retryDelay(delay) },
  ])
}

/** 500. */
export function internal(): Refusal {
  return googleError(500, "INTERNAL", "Internal error encountered.")
}

/** 503 for a model without capacity; `delay` in milliseconds adds a RetryInfo. */
export function noCapacity(model: string, delay?: number): Refusal {
  const details: object[] = [
    { "@type": errorInfo, reason: "MODEL_CAPACITY_EXHAUSTED", domain: service, metadata: { model } },
  ]
  if (delay !== undefined) {
    details.push({ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: retryDelay(delay) })
  }
  return googleError(503, "UNAVAILABLE", `No capacity available for model ${model} on the server`, details)
}

/** The page with which the egress address is refused. */
export function sorryPage(): Refusal {
  return {
    status: 429,
    headers: { "content-type": "text/html; charset=utf-8" },
    body:
      "<html><head><title>Sorry...</title></head><body><h1>We're sorry...</h1><p>... but your computer or network may be " +
      "sending automated queries. To protect our users, we can't process your request right now.</p><p>See " +
      '<a href="https://support.google.com/websearch/answer/86640">Google Help</a> for more information.</p></body></html>',
  }
}

/** HTTP 200 whose text says that the client is too old. */
export function versionUnsupported(): Refusal {
  return {
    status: 200,
    text: "This version of Antigravity is no longer supported. Please update to receive the latest features!",
  }
}

/** HTTP 200 whose text says that the model is gone. */
export function modelRetired(name: string, successor: string): Refusal {
  return { status: 200, text: `${name} is no longer available. Please switch to ${successor}` }
}
