// The two switches of every page: language and light or dark.

import { useLanguage } from "../i18n/language";
import { useTheme } from "./theme";

export function Preferences() {
  const { language, t, choose } = useLanguage();
  const { theme, toggle } = useTheme();
  return (
    <div className="preferences">
      <button type="button" className="quiet" onClick={toggle} title={t.app.theme}>{theme === "dark" ? t.app.light : t.app.dark}</button>
      <button type="button" className="quiet" lang={language === "zh" ? "en" : "zh-CN"} onClick={() => choose(language === "zh" ? "en" : "zh")} aria-label={t.app.otherLabel}>{t.app.other}</button>
    </div>
  );
}
