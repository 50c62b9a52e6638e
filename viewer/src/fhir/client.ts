// Talks to the daemon: FHIR reads and searches, with errors that a person can act on.

import { parseKeepingDigits } from "./json";
import type { Bundle, OperationOutcome, Resource } from "./types";

// status 0: no answer at all (network, or the daemon is down).
export class RequestError extends Error {
  constructor(readonly status: number, readonly detail: string) {
    super(detail || `HTTP ${status}`);
  }
}

function outcomeText(body: unknown): string {
  const issues = (body as OperationOutcome | null)?.issue;
  if (!Array.isArray(issues)) return "";
  return issues.map((issue) => issue.details?.text ?? issue.diagnostics ?? issue.code ?? "").filter(Boolean).join("; ");
}

export async function getJson<T>(url: string, signal?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(url, { headers: { Accept: "application/fhir+json, application/json" }, signal, cache: "no-store", credentials: "same-origin" });
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new RequestError(0, "");
  }
  const text = await response.text();
  let body: unknown = null;
  try {
    body = text ? parseKeepingDigits(text) : null;
  } catch {
    // An answer that is no JSON is an error either way; the status says which.
  }
  if (!response.ok) throw new RequestError(response.status, outcomeText(body));
  if (body === null) throw new RequestError(response.status, "");
  return body as T;
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

export const read = <T extends Resource>(reference: string, signal?: AbortSignal) => getJson<T>(`/fhir/${reference}`, signal);

export interface Page<T> {
  items: T[];
  next: string | null;
}

// A next link may name the daemon by an address that only it knows (behind a proxy): only its path and query count.
export function samePlace(url: string): string {
  const parsed = new URL(url, location.origin);
  return parsed.pathname + parsed.search;
}

export function pageOf<T extends Resource>(bundle: Bundle<T>, type: string): Page<T> {
  const items = (bundle.entry ?? []).map((entry) => entry.resource).filter((resource): resource is T => resource?.resourceType === type);
  const next = bundle.link?.find((link) => link.relation === "next")?.url;
  return { items, next: next ? samePlace(next) : null };
}

export async function searchPage<T extends Resource>(type: string, query: Record<string, string>, signal?: AbortSignal): Promise<Page<T>> {
  return pageOf(await getJson<Bundle<T>>(`/fhir/${type}?${new URLSearchParams(query)}`, signal), type);
}

export async function nextPage<T extends Resource>(type: string, url: string, signal?: AbortSignal): Promise<Page<T>> {
  return pageOf(await getJson<Bundle<T>>(url, signal), type);
}

// Follows the pages up to `limit` items.
export async function searchAll<T extends Resource>(type: string, query: Record<string, string>, limit: number, signal?: AbortSignal): Promise<T[]> {
  let page = await searchPage<T>(type, query, signal);
  const items = page.items;
  while (page.next && items.length < limit) {
    page = await nextPage<T>(type, page.next, signal);
    items.push(...page.items);
  }
  return items;
}
