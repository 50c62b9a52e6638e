// The language of the pages: the browser's own at first, then what was chosen last.

import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import { showScript } from "../fhir/text";
import { stored, store } from "../parts/stored";
import { en } from "./en";
import { zh, type Dictionary } from "./zh";

export type Language = "zh" | "en";
const dictionaries: Record<Language, Dictionary> = { zh, en };

interface Chosen { language: Language; t: Dictionary; choose(language: Language): void }
const Context = createContext<Chosen>({ language: "zh", t: zh, choose: () => undefined });

function initial(): Language {
  const remembered = stored("language");
  if (remembered === "zh" || remembered === "en") return remembered;
  return (navigator.languages ?? [navigator.language]).some((tag) => tag.toLowerCase().startsWith("zh")) ? "zh" : "en";
}

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(initial);
  showScript(language); // before anything below draws
  const value = useMemo<Chosen>(() => ({ language, t: dictionaries[language], choose: (chosen) => (store("language", chosen), setLanguage(chosen)) }), [language]);
  useEffect(() => {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  }, [language]);
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

export const useLanguage = (): Chosen => useContext(Context);
export const useWords = (): Dictionary => useContext(Context).t;

// A word for a code; the code itself when there is none, never nothing.
export const word = (words: Record<string, string>, code: string | undefined): string => (code ? (words[code] ?? code) : "");
