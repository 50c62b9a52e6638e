// What a trend plot draws: one plot a unit, one series a hospital, each hospital's own reference band, and round ticks.

import { bounds, type Bounds } from "./values";
import { isWithdrawn, type Result } from "./results";

export interface Band extends Bounds { hospital: string }
export interface Series { hospital: string; points: Result[] } // oldest first
export interface Plot { unit: string; series: Series[]; bands: Band[] }

export function plotsOf(results: Result[]): Plot[] {
  const byUnit = new Map<string, Result[]>();
  for (const result of results) {
    if (result.numeric === null || result.wall === null || isWithdrawn(result.observation)) continue;
    byUnit.set(result.unit, [...(byUnit.get(result.unit) ?? []), result]);
  }
  return [...byUnit].map(([unit, members]) => {
    const hospitals = [...new Set(members.map((result) => result.hospital))].sort();
    const series = hospitals.map((hospital) => ({ hospital, points: members.filter((result) => result.hospital === hospital).sort((a, b) => a.wall! - b.wall!) }));
    return { unit, series, bands: series.flatMap(bandsOf) };
  });
}

// A laboratory changes its range now and then: each distinct one is a band.
function bandsOf(series: Series): Band[] {
  const seen = new Map<string, Band>();
  for (const point of series.points) {
    const limits = bounds(point.observation.referenceRange);
    if (limits) seen.set(`${limits.low}|${limits.high}`, { ...limits, hospital: series.hospital });
  }
  return [...seen.values()];
}

export interface Scale { min: number; max: number; ticks: number[] }

// Round steps of 1, 2, 2.5 or 5 that hold all values.
export function valueScale(values: number[], wanted = 4): Scale {
  if (values.length === 0) return { min: 0, max: 1, ticks: [0, 1] };
  let low = Math.min(...values);
  let high = Math.max(...values);
  if (low === high) {
    const pad = Math.abs(low) * 0.1 || 1;
    low -= pad;
    high += pad;
  }
  const raw = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= raw * 0.999999) ?? 10 * power;
  const min = Math.floor(low / step + 1e-9) * step;
  const max = Math.ceil(high / step - 1e-9) * step;
  const ticks: number[] = [];
  for (let i = 0; i <= Math.round((max - min) / step); ++i) ticks.push(Number((min + i * step).toPrecision(12)));
  return { min: ticks[0]!, max: ticks[ticks.length - 1]!, ticks };
}

// Values that a plot must show: all points, and the bands' finite edges as long as they do not squeeze the points into a line.
export function plotValues(plot: Plot): number[] {
  const points = plot.series.flatMap((series) => series.points.map((point) => point.numeric!));
  const low = Math.min(...points);
  const high = Math.max(...points);
  const reach = Math.max(high - low, Math.abs(high) * 0.25) * 3;
  const edges = plot.bands.flatMap((band) => [band.low, band.high]).filter((edge): edge is number => edge !== null && edge >= low - reach && edge <= high + reach);
  const all = [...points, ...edges];
  // A concentration starts at zero when zero is near.
  if (low >= 0 && Math.min(...all) <= Math.max(...all) * 0.3) all.push(0);
  return all;
}

const hour = 3600_000;
const day = 24 * hour;
const steps = [hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour, day, 2 * day, 3 * day, 5 * day, 7 * day, 14 * day, 21 * day];

export interface TimeTick { epoch: number; kind: "hour" | "day" | "month" | "year" }

// At most `wanted` + 1 ticks on whole hours, days, months or years. Times are wall-clock times (Result.wall), so UTC arithmetic is right.
export function timeTicks(from: number, to: number, wanted = 5): TimeTick[] {
  const span = to - from;
  if (span <= 0) return [{ epoch: from, kind: "day" }];
  const step = steps.find((candidate) => span / candidate <= wanted);
  const ticks: TimeTick[] = [];
  if (step) {
    for (let epoch = Math.floor(from / day) * day; epoch <= to; epoch += step) if (epoch >= from) ticks.push({ epoch, kind: epoch % day === 0 ? "day" : "hour" });
    return ticks;
  }
  const months = [1, 2, 3, 6, 12, 24, 60, 120].find((candidate) => span / (candidate * 30.4 * day) <= wanted) ?? 240;
  const at = new Date(Date.UTC(new Date(from).getUTCFullYear(), 0, 1));
  for (; at.getTime() <= to; at.setUTCMonth(at.getUTCMonth() + months)) if (at.getTime() >= from) ticks.push({ epoch: at.getTime(), kind: months < 12 ? "month" : "year" });
  return ticks;
}
