// Light by day, dark on a night shift: the system's choice at first, then what was chosen last.

import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import { stored, store } from "./stored";

type Theme = "light" | "dark";
const Context = createContext<{ theme: Theme; toggle(): void }>({ theme: "light", toggle: () => undefined });

function initial(): Theme {
  const remembered = stored("theme");
  if (remembered === "light" || remembered === "dark") return remembered;
  return window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

export function ThemeProvider({ children }: { children: ReactNode }) {
  const [theme, setTheme] = useState<Theme>(initial);
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  const value = useMemo(() => ({
    theme,
    toggle: () => {
      const next = theme === "dark" ? "light" : "dark";
      store("theme", next);
      setTheme(next);
    },
  }), [theme]);
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

export const useTheme = () => useContext(Context);
