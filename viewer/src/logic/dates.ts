// FHIR dates: yyyy, yyyy-mm, yyyy-mm-dd, or a time with its offset. A clinical time is shown as the hospital wrote it, in the hospital's own
// offset, whatever clock the reader's computer has; a time in UTC (what the engine stamps) is shown in the reader's zone.

const shape = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?(Z|[+-]\d{2}:\d{2})?)?)?)?$/;

export interface DateParts {
  year: number;
  month?: number;
  day?: number;
  hour?: number;
  minute?: number;
  second?: number;
  epoch: number; // milliseconds; the start of what is known
}

const two = (n: number) => String(n).padStart(2, "0");

function localParts(epoch: number): DateParts {
  const d = new Date(epoch);
  return { year: d.getFullYear(), month: d.getMonth() + 1, day: d.getDate(), hour: d.getHours(), minute: d.getMinutes(), second: d.getSeconds(), epoch };
}

export function dateParts(text: string | undefined): DateParts | null {
  const match = text ? shape.exec(text) : null;
  if (!match) return null;
  const [, y, mo, d, h, mi, s, zone] = match;
  const n = (part: string | undefined) => (part === undefined ? undefined : Number(part));
  const parts = { year: Number(y), month: n(mo), day: n(d), hour: n(h), minute: n(mi), second: n(s) };
  if (parts.hour === undefined) return { ...parts, epoch: new Date(parts.year, (parts.month ?? 1) - 1, parts.day ?? 1).getTime() };
  const epoch = Date.parse(zone ? text! : new Date(parts.year, parts.month! - 1, parts.day!, parts.hour, parts.minute, parts.second ?? 0).toISOString());
  if (Number.isNaN(epoch)) return null;
  return zone === "Z" ? localParts(epoch) : { ...parts, epoch };
}

export const epochOf = (text: string | undefined): number => dateParts(text)?.epoch ?? 0;

// The wall-clock time as it is shown, as if it were UTC: equal differences for plots, whatever zone the reader is in.
export function wallOf(text: string | undefined): number | null {
  const parts = dateParts(text);
  return parts ? Date.UTC(parts.year, (parts.month ?? 1) - 1, parts.day ?? 1, parts.hour ?? 0, parts.minute ?? 0, parts.second ?? 0) : null;
}

// 2026-11-24
export function dayText(text: string | undefined): string {
  const parts = dateParts(text);
  if (!parts) return text ?? "";
  return [String(parts.year), parts.month, parts.day].filter((part) => part !== undefined).map((part) => (typeof part === "number" ? two(part) : part)).join("-");
}

// 08:30, empty when only the day is known
export function clockText(text: string | undefined): string {
  const parts = dateParts(text);
  return parts?.hour === undefined || parts.minute === undefined ? "" : `${two(parts.hour)}:${two(parts.minute)}`;
}

// 2026-11-24 08:30
export const timeText = (text: string | undefined): string => [dayText(text), clockText(text)].filter(Boolean).join(" ");

// With seconds, for what the engine stamps.
export function stampText(text: string | undefined): string {
  const parts = dateParts(text);
  if (!parts || parts.hour === undefined) return timeText(text);
  return `${timeText(text)}:${two(parts.second ?? 0)}`;
}

export const epochStamp = (epoch: number): string => stampText(new Date(epoch).toISOString());

export interface Age { unit: "years" | "months" | "days"; count: number }

// Completed years; months below two years, days below one month. Null for a birth date that is unknown, imprecise for a child, or in the future.
export function ageAt(birth: string | undefined, at: Date): Age | null {
  const born = dateParts(birth);
  if (!born) return null;
  const month = born.month ?? 1;
  const day = born.day ?? 1;
  let months = (at.getFullYear() - born.year) * 12 + (at.getMonth() + 1 - month);
  if (at.getDate() < day) months -= 1;
  if (months < 0) return null;
  if (months >= 24) return { unit: "years", count: Math.floor(months / 12) };
  if (born.day === undefined) return null;
  if (months >= 1) return { unit: "months", count: months };
  const days = Math.floor((Date.UTC(at.getFullYear(), at.getMonth(), at.getDate()) - Date.UTC(born.year, month - 1, day)) / 86400000);
  return days < 0 ? null : { unit: "days", count: days };
}
