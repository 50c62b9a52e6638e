// How the pages say that something is loading, missing, or went wrong, and what to do about it.

import type { ReactNode } from "react";
import type { RequestError } from "../fhir/client";
import { useWords } from "../i18n/language";
import type { Dictionary } from "../i18n/zh";

export function explain(error: RequestError, t: Dictionary): string {
  const words = error.status === 0 ? t.errors.offline : error.status === 404 || error.status === 410 ? t.errors.notFound : error.status >= 500 ? t.errors.server : t.errors.refused;
  const detail = [error.detail, error.status > 0 ? t.errors.status(error.status) : ""].filter(Boolean).join(" · ");
  return detail ? `${words} (${detail})` : words;
}

export function Failure({ what, error, retry }: { what: string; error: RequestError; retry?: () => void }) {
  const t = useWords();
  return (
    <div className="notice notice-error" role="alert">
      <p><strong>{what}</strong> {explain(error, t)}</p>
      {retry && <button type="button" onClick={retry}>{t.errors.retry}</button>}
    </div>
  );
}

export const Empty = ({ children }: { children: ReactNode }) => <p className="empty">{children}</p>;

export function Loading({ children }: { children?: ReactNode }) {
  const t = useWords();
  return <p className="loading" role="status">{children ?? t.common.loading}</p>;
}
