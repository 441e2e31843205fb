/** Starts the panel in the page that the control plane serves. */
import { render } from "solid-js/web"
import { App } from "./app.tsx"
import { preferredLanguage } from "./i18n/i18n.tsx"
import { createPanel } from "./panel.tsx"
import "./styles/index.css"

const language = preferredLanguage()
document.documentElement.lang = language === "zh" ? "zh-CN" : "en"
const root = document.querySelector("#root")
if (root === null) throw new Error("The page has no element with the id root")
render(() => <App panel={createPanel({ url: "/graphql" })} language={language} />, root)
