// Three addresses: / (find), /patient/<id>?tab=…, /message/<number>.

import { useEffect, useState, type AnchorHTMLAttributes, type MouseEvent } from "react";

export type Place = { page: "find" } | { page: "patient"; id: string; tab: string } | { page: "message"; number: string } | { page: "unknown" };

export function placeOf(path: string, search: string): Place {
  const query = new URLSearchParams(search);
  const patient = /^\/patient\/([A-Za-z0-9\-.]{1,64})\/?$/.exec(path);
  if (patient) return { page: "patient", id: patient[1]!, tab: query.get("tab") ?? "" };
  const message = /^\/message\/(\d{1,19})\/?$/.exec(path);
  if (message) return { page: "message", number: message[1]! };
  return path === "/" || path === "/index.html" ? { page: "find" } : { page: "unknown" };
}

export function go(address: string, replace = false): void {
  if (replace) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
  window.dispatchEvent(new PopStateEvent("popstate"));
}

export function usePlace(): Place {
  const here = () => placeOf(location.pathname, location.search);
  const [place, setPlace] = useState(here);
  useEffect(() => {
    const follow = () => setPlace(here());
    window.addEventListener("popstate", follow);
    return () => window.removeEventListener("popstate", follow);
  }, []);
  return place;
}

// A link that stays in the page, and is a common link for a middle click or a new tab.
export function Link({ href, onClick, ...rest }: AnchorHTMLAttributes<HTMLAnchorElement> & { href: string }) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(href);
  };
  return <a href={href} onClick={follow} {...rest} />;
}
