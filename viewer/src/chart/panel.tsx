// The panel at the right: what it shows is a stack, so that an origin opened from a report leads back to the report. Escape goes back, then closes.

import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import type { Resource } from "../fhir/types";
import { useWords } from "../i18n/language";

export type Entry =
  | { kind: "origin"; resource: Resource; elements: string[]; label: string; value: string }
  | { kind: "report"; key: string; label: string };

interface Panel { stack: Entry[]; open(entry: Entry): void; back(): void; close(): void }
const Context = createContext<Panel>({ stack: [], open: () => undefined, back: () => undefined, close: () => undefined });
export const usePanel = (): Panel => useContext(Context);

const sameEntry = (a: Entry, b: Entry): boolean =>
  a.kind === "origin" ? b.kind === "origin" && a.resource.id === b.resource.id && a.elements[0] === b.elements[0] : b.kind === "report" && a.key === b.key;

export function PanelProvider({ children }: { children: ReactNode }) {
  const [stack, setStack] = useState<Entry[]>([]);
  const opener = useRef<Element | null>(null);
  const shown = stack.length > 0;

  const open = useCallback((entry: Entry) => {
    const focused = document.activeElement;
    const inside = shown && focused?.closest(".panel") != null;
    if (!inside) opener.current = focused;
    // From the page a click starts anew; from the panel it goes one deeper.
    setStack((before) => (inside ? [...before.filter((other) => !sameEntry(other, entry)), entry] : [entry]));
  }, [shown]);
  const close = useCallback(() => setStack([]), []);
  // Back to where the reader was, once that is drawn again: a point of a plot is an SVG element.
  useEffect(() => {
    const from = opener.current;
    if (!shown && (from instanceof HTMLElement || from instanceof SVGElement)) from.focus();
    if (!shown) opener.current = null;
  }, [shown]);
  const back = useCallback(() => {
    if (stack.length <= 1) close();
    else setStack(stack.slice(0, -1));
  }, [stack, close]);

  useEffect(() => {
    if (stack.length === 0) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !event.defaultPrevented) back();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [stack, back]);

  const value = useMemo(() => ({ stack, open, back, close }), [stack, open, back, close]);
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

interface TracedProps { of: Resource; element: string | string[]; label: string; value?: string; className?: string; children: ReactNode }

// A value that can be asked where it came from.
export function Traced({ of, element, label, value, className, children }: TracedProps) {
  const t = useWords();
  const { stack, open } = usePanel();
  const elements = typeof element === "string" ? [element] : element;
  const top = stack[stack.length - 1];
  const current = top?.kind === "origin" && top.resource.id === of.id && top.elements[0] === elements[0];
  return (
    <button
      type="button" className={`traced${current ? " current" : ""}${className ? ` ${className}` : ""}`} title={t.origin.trace}
      onClick={(event) => {
        event.stopPropagation();
        open({ kind: "origin", resource: of, elements, label, value: value ?? (typeof children === "string" ? children : "") });
      }}
    >
      {children}
    </button>
  );
}

// The frame around whatever the stack's top is.
export function PanelFrame({ heading, children }: { heading: ReactNode; children: ReactNode }) {
  const t = useWords();
  const { stack, back, close } = usePanel();
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    title.current?.focus();
  }, [stack]);
  return (
    <section className="panel-frame" aria-labelledby="panel-title">
      <div className="panel-head">
        {stack.length > 1 && <button type="button" className="quiet" onClick={back}>← {t.origin.back}</button>}
        <h2 id="panel-title" ref={title} tabIndex={-1}>{heading}</h2>
        <button type="button" className="quiet" onClick={close} aria-label={t.origin.close} title={t.origin.close}>✕</button>
      </div>
      <div className="panel-body">{children}</div>
    </section>
  );
}
