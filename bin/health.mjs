/** `lagrange health`: whether a plane answers, for who has no curl at hand, such as the image. */
import { get as getHttp } from "node:http"
import { get as getHttps } from "node:https"

const PATIENCE_MS = 5_000

/** Where both planes of this machine say that they turn, by the settings they read themselves. */
function ownAddresses({ PORT = "8088", CONTROL_PORT = "8089", TLS_CERT_FILE }) {
  const scheme = TLS_CERT_FILE ? "https" : "http"
  return [`${scheme}://127.0.0.1:${PORT}/live`, `http://127.0.0.1:${CONTROL_PORT}/live`]
}

/** The status of an address, or what kept it from one. The certificate is for who comes from outside: it is not looked at. */
function statusOf(url) {
  return new Promise((resolve) => {
    const get = url.startsWith("https:") ? getHttps : getHttp
    const request = get(url, { rejectUnauthorized: false, timeout: PATIENCE_MS }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    request.on("timeout", () => request.destroy(new Error(`no answer in ${PATIENCE_MS / 1000} s`)))
    request.on("error", ({ code, message }) => resolve(message || code))
  })
}

/** Asks each address, says what it got, and gives the exit code. */
export async function health(given, environment = process.env) {
  const wrong = given.find((url) => !/^https?:\/\//.test(url))
  if (wrong !== undefined) {
    process.stderr.write(`"${wrong}" is no http address.\n`)
    return 2
  }
  const urls = given.length > 0 ? given : ownAddresses(environment)
  const statuses = await Promise.all(urls.map(statusOf))
  for (const [place, url] of urls.entries()) process.stdout.write(`${url} ${statuses[place]}\n`)
  return statuses.every((status) => status === 200) ? 0 : 1
}
