/** Stands for the signature of a call that Gemini did not make, or whose signature is lost. The vendor's own word for it; never for Claude. */
export const SIGNATURE_SENTINEL = "skip_thought_signature_validator"
