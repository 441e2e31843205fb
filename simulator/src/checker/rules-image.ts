/** Rules of image models. Source: upstream-protocol 6.5, 1.2. */
import { member, stringOf } from "../json.ts"
import { aspectRatios, imageSizes } from "../picture.ts"
import { invalidArgument } from "../refusals.ts"
import type { CheckContext, Rule } from "./rule.ts"

/** Asked last. */
export const imageRules: readonly Rule[] = [
  imageRule(
    "image-request-type",
    "The request type is `image_gen`.",
    ({ request }) => request.requestType !== "image_gen",
  ),
  imageRule(
    "image-tools",
    "No tools and no tool settings.",
    ({ request }) => request.toolsJson !== "" || request.hasToolConfig,
  ),
  imageRule("image-system", "No system instruction.", ({ request }) => request.system !== undefined),
  imageRule(
    "image-response-format",
    "No response type, schema or modalities.",
    ({ request: { config } }) => config.responseMimeType !== undefined || config.responseModalities !== undefined,
  ),
  imageRule("image-ratio", "A ratio and a size the model knows.", ({ request }) => {
    const config = request.config.imageConfig ?? {}
    const ratio = stringOf(member(config, "aspectRatio")) ?? "1:1"
    const size = stringOf(member(config, "imageSize")) ?? "1K"
    return !aspectRatios.has(ratio) || !imageSizes.has(size)
  }),
  {
    id: "image-config",
    source: "upstream-protocol 6.5",
    about: "Only image models take `imageConfig` and the request type `image_gen`.",
    check: ({ model, request }) =>
      model && !model.image && (request.config.imageConfig || request.requestType === "image_gen")
        ? invalidArgument()
        : undefined,
  },
  {
    id: "image-content-length",
    source: "upstream-protocol 1.2",
    about: "A plain image call carries a Content-Length.",
    check: ({ model, method, headers }) =>
      model?.image && method === "generateContent" && headers["content-length"] === undefined
        ? invalidArgument()
        : undefined,
  },
]

function imageRule(id: string, about: string, broken: (context: CheckContext) => boolean): Rule {
  return {
    id,
    source: "upstream-protocol 6.5",
    about,
    check: (context) => (context.model?.image && broken(context) ? invalidArgument() : undefined),
  }
}
