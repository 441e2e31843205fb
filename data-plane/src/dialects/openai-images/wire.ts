/** The Images wire (generations and edits): what becomes of each request field, and the shapes of answers. */
import { carried, compileFieldTable, ignored, refused, type FieldTable } from "../field-table.ts"

const MODEL_DECIDES = "the image model decides"

export const IMAGES_FIELDS: FieldTable = {
  prompt: carried("required; the user's one text"),
  model: carried("routed; none, `dall-e-…` and `gpt-image-…` mean the gateway's image model"),
  n: carried("as many images, each a call of its own upstream; 1 to 10; those that came are given"),
  size: carried("the nearest ratio that image models know; from 1800 pixels on `2K`, from 3000 on `4K`; also a ratio"),
  quality: carried("where the size does not say it: `hd` and `high` are `4K`, `medium` is `2K`, any other `1K`"),
  response_format: carried("`b64_json`, or `url`: a `data:` URL, because nothing is stored"),
  stream: carried("true: an event for each image when it is whole"),
  user: carried("tells conversations apart; not sent upstream"),

  image: carried(
    "images to begin with, before the prompt; an edit needs one: a form's files, base64, `data:` URLs, addresses",
  ),
  images: carried("as `image`, in objects"),
  "images[].image_url": carried("base64 in a `data:` URL; an http(s) address is fetched"),
  "images[].file_id": refused("files are not kept here; send the data"),
  mask: refused("image models here take no mask; say in the prompt what is to change"),

  background: ignored(MODEL_DECIDES),
  moderation: ignored("the upstream's own rules hold"),
  output_format: ignored("the answer says what it is"),
  output_compression: ignored(MODEL_DECIDES),
  style: ignored(MODEL_DECIDES),
  input_fidelity: ignored(MODEL_DECIDES),
  partial_images: ignored("images come whole"),
}

export const IMAGES_TREE = compileFieldTable(IMAGES_FIELDS)

/** A file of a form, as `server/` hands it over. */
export interface FormFile {
  readonly type: "file"
  readonly filename: string
  readonly mediaType: string
  /** Standard base64. */
  readonly data: string
}

export interface ImagesUsage {
  readonly input_tokens: number
  readonly output_tokens: number
  readonly total_tokens: number
  readonly input_tokens_details: { readonly text_tokens: number; readonly image_tokens: number }
}

export type ImageData = { readonly b64_json: string } | { readonly url: string }

export interface ImagesResponse {
  readonly created: number
  readonly data: readonly ImageData[]
  /** As `png`: the half of the MIME type that tells it. */
  readonly output_format: string
  readonly usage: ImagesUsage
}
