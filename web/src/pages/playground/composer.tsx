import ArrowUp from "lucide-solid/icons/arrow-up"
import ImagePlus from "lucide-solid/icons/image-plus"
import Square from "lucide-solid/icons/square"
import X from "lucide-solid/icons/x"
import { createSignal, createUniqueId, For, Show } from "solid-js"
import { Button } from "../../components/button.tsx"
import { ProblemNotice } from "../../components/problem-notice.tsx"
import type { Talk } from "./create-talk.ts"
import { imageOf, urlOf, type ImagePart, type Part } from "./talk.ts"
import { useWords } from "./words.ts"

const mostBytes = 10_000_000

function readFile(file: File): Promise<ImagePart | undefined> {
  return new Promise((resolve) => {
    const reader = new FileReader()
    reader.addEventListener("load", () => resolve(imageOf(typeof reader.result === "string" ? reader.result : "")))
    reader.addEventListener("error", () => resolve(undefined))
    reader.readAsDataURL(file)
  })
}

/** Where one says something, with pictures chosen or pasted. */
export function Composer(props: { talk: Talk }) {
  const t = useWords()
  const fileId = createUniqueId()
  const [text, setText] = createSignal("")
  const [images, setImages] = createSignal<readonly ImagePart[]>([])
  const [problem, setProblem] = createSignal<string>()

  const take = async (files: readonly File[]) => {
    setProblem(undefined)
    for (const file of files) {
      // eslint-disable-next-line no-await-in-loop -- they stay in their order
      const image = file.size > mostBytes ? undefined : await readFile(file)
      if (image === undefined) setProblem(t(file.size > mostBytes ? "say.tooLarge" : "say.notPicture", file.name))
      else setImages((all) => [...all, image])
    }
  }
  const send = async () => {
    const said = text().trim()
    const parts: Part[] = [...images(), ...(said === "" ? [] : [{ type: "text" as const, text: said }])]
    if (parts.length === 0 || props.talk.isRunning()) return
    setText("")
    setImages([])
    // What is not sent is still there to be sent.
    if (!(await props.talk.say(parts))) {
      setText(said)
      setImages(parts.filter((part) => part.type === "image"))
    }
  }

  return (
    <form
      class="card sticky bottom-3 z-10 flex flex-col gap-2 p-3 max-md:static"
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
    >
      <ProblemNotice problem={problem()} />
      <Show when={images().length > 0}>
        <ul class="flex flex-wrap gap-2">
          <For each={images()}>
            {(image, index) => (
              <li class="relative">
                <img
                  src={urlOf(image)}
                  alt={t("turn.yourPicture")}
                  class="size-16 rounded-medium object-cover ring-1 ring-line"
                />
                <Button
                  icon
                  class="absolute -top-2 -right-2 !min-h-6 !w-6"
                  aria-label={t("say.detach", index() + 1)}
                  onClick={() => setImages((all) => all.filter((one) => one !== image))}
                >
                  <X />
                </Button>
              </li>
            )}
          </For>
        </ul>
      </Show>
      <textarea
        class="input"
        rows={2}
        aria-label={t("say.label")}
        placeholder={t("say.placeholder")}
        value={text()}
        onInput={(event) => setText(event.currentTarget.value)}
        onPaste={(event) => {
          const files = [...(event.clipboardData?.files ?? [])]
          if (files.length === 0) return
          event.preventDefault()
          void take(files)
        }}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return
          event.preventDefault()
          void send()
        }}
      />
      <div class="flex flex-wrap items-center gap-2">
        <label for={fileId} class="button button-secondary focus-within:outline-2 focus-within:outline-point">
          <ImagePlus />
          <span class="max-sm:sr-only">{t("say.attach")}</span>
          <input
            id={fileId}
            type="file"
            class="sr-only"
            multiple
            accept="image/png,image/jpeg,image/webp,image/gif"
            onChange={(event) => {
              void take([...(event.currentTarget.files ?? [])])
              event.currentTarget.value = ""
            }}
          />
        </label>
        <p class="min-w-0 flex-1 basis-40 text-xs text-faint max-sm:hidden">{t("say.hint")}</p>
        <Show
          when={props.talk.isRunning()}
          fallback={
            <Button look="primary" type="submit" class="ml-auto">
              <ArrowUp />
              {t("say.send")}
            </Button>
          }
        >
          <Button class="ml-auto" onClick={() => props.talk.stop()}>
            <Square />
            {t("say.stop")}
          </Button>
        </Show>
      </div>
    </form>
  )
}
