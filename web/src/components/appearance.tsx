import Monitor from "lucide-solid/icons/monitor"
import Moon from "lucide-solid/icons/moon"
import Sun from "lucide-solid/icons/sun"
import type { Component } from "solid-js"
import { Dynamic } from "solid-js/web"
import { useI18n } from "../i18n/i18n.tsx"
import { setTheme, type Theme, theme } from "../lib/theme.ts"
import { Button } from "./button.tsx"

const next: Record<Theme, Theme> = { system: "light", light: "dark", dark: "system" }
const icons: Record<Theme, Component> = { system: Monitor, light: Sun, dark: Moon }

/** The switches for language and theme: one button each, the theme's going round its three values. */
export function Appearance() {
  const { t, language, setLanguage } = useI18n()
  const names = (): Record<Theme, string> => ({
    system: t("app.themeSystem"),
    light: t("app.themeLight"),
    dark: t("app.themeDark"),
  })
  const themeName = () => `${t("app.theme")}: ${names()[theme()]}`
  return (
    <div class="flex items-center gap-1">
      <Button look="plain" icon onClick={() => setTheme(next[theme()])} aria-label={themeName()} title={themeName()}>
        <Dynamic component={icons[theme()]} />
      </Button>
      <Button
        look="plain"
        lang={language() === "en" ? "zh-CN" : "en"}
        onClick={() => setLanguage(language() === "en" ? "zh" : "en")}
        title={t("app.language")}
      >
        {language() === "en" ? "简体中文" : "English"}
      </Button>
    </div>
  )
}
