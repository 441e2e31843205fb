/** When both planes serve and the data plane applied a snapshot, so that a person can be told where to go. */
export interface Ready {
  readonly panelUrl: string
  readonly gatewayUrl: string
  /** Only at the start that generated it. */
  readonly generatedPassword: string | undefined
}

export interface Readiness {
  onMessage(name: string, message: unknown): void
  /** Where the children listen, as far as they told; each stays once told. PANEL_URL plays no part in it. */
  addresses(): { readonly control: string | undefined; readonly gateway: string | undefined }
  readonly ready: Promise<Ready>
}

export function createReadiness(): Readiness {
  let control: string | undefined
  let panelUrl: string | undefined
  let gateway: string | undefined
  let generatedPassword: string | undefined
  let hasSnapshot = false
  let resolveReady: (ready: Ready) => void = () => undefined
  const ready = new Promise<Ready>((resolve) => {
    resolveReady = resolve
  })
  return {
    ready,
    addresses: () => ({ control, gateway }),
    onMessage(name, message) {
      if (name === "control-plane" && textField(message, "type") === "started") {
        control ??= textField(message, "url")
        panelUrl ??= textField(message, "panelUrl") ?? control
        generatedPassword ??= textField(message, "generatedPassword")
      }
      if (name === "data-plane" && textField(message, "type") === "started") gateway ??= textField(message, "url")
      if (name === "data-plane" && textField(message, "type") === "snapshot-applied") hasSnapshot = true
      if (panelUrl !== undefined && gateway !== undefined && hasSnapshot) {
        resolveReady({ panelUrl, gatewayUrl: reachable(gateway), generatedPassword })
      }
    },
  }
}

/** A listener on every address, as a person can write it. */
function reachable(url: string): string {
  return url.replace(/^(https?:\/\/)(?:0\.0\.0\.0|\[::\])(?=[:/]|$)/, "$1localhost")
}

/** A text field of a message that came from another process. */
function textField(message: unknown, field: string): string | undefined {
  if (typeof message !== "object" || message === null) return undefined
  const value: unknown = Reflect.get(message, field)
  return typeof value === "string" ? value : undefined
}
