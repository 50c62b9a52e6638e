import { useRef, type KeyboardEvent } from "react";
import { useWords } from "../i18n/language";
import type { Dictionary } from "../i18n/zh";

export type TabKey = keyof Dictionary["tabs"];
export const tabKeys: TabKey[] = ["overview", "results", "orders", "medicines", "documents", "diagnoses", "encounters", "others"];

export function Tabs({ active, counts, choose }: { active: TabKey; counts: Record<TabKey, string>; choose(tab: TabKey): void }) {
  const t = useWords();
  const list = useRef<HTMLDivElement>(null);
  const onKey = (event: KeyboardEvent) => {
    const at = tabKeys.indexOf(active);
    const to = event.key === "ArrowRight" ? at + 1 : event.key === "ArrowLeft" ? at - 1 : event.key === "Home" ? 0 : event.key === "End" ? tabKeys.length - 1 : -1;
    const next = tabKeys[to];
    if (!next) return;
    event.preventDefault();
    choose(next);
    list.current?.querySelectorAll<HTMLElement>("[role=tab]")[to]?.focus();
  };
  return (
    <div className="tabs" role="tablist" aria-label={t.tabsLabel} ref={list} onKeyDown={onKey}>
      {tabKeys.map((key) => (
        <button key={key} id={`tab-${key}`} type="button" role="tab" aria-selected={key === active} aria-controls="content" tabIndex={key === active ? 0 : -1} onClick={() => choose(key)}>
          {t.tabs[key]} {counts[key] && <span className="tab-count">{counts[key]}</span>}
        </button>
      ))}
    </div>
  );
}
