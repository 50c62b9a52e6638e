// A test over time, drawn by ourselves. Colour is kept for what is abnormal; hospitals differ by the shape of their points and the dash of their
// lines, and each hospital's reference range is a band of its own pattern with a bracket in the right margin.

import type { KeyboardEvent } from "react";
import { useWords } from "../i18n/language";
import type { TestGroup, Result } from "../logic/results";
import { timeText } from "../logic/dates";
import { plotsOf, plotValues, timeTicks, valueScale, type Plot, type TimeTick } from "../logic/trend";
import { isAbnormal, rangeText, valueElement, valueText } from "../logic/values";
import { useNames } from "../parts/names";
import { usePanel } from "./panel";
import { flagWords, labelOf } from "./value";

const width = 420;
const height = 190;
const left = 44;
const top = 10;
const bottom = 24;
const bracket = 11; // a hospital's bracket in the right margin

const dashes = ["", "6 3", "2 3", "8 3 2 3"];
const patterns = ["band-a", "band-b", "band-c", "band-d"];

function Mark({ shape, x, y, size }: { shape: number; x: number; y: number; size: number }) {
  if (shape % 4 === 1) return <rect x={x - size} y={y - size} width={size * 2} height={size * 2} />;
  if (shape % 4 === 2) return <path d={`M${x} ${y - size * 1.25}L${x + size * 1.2} ${y + size}L${x - size * 1.2} ${y + size}Z`} />;
  if (shape % 4 === 3) return <path d={`M${x} ${y - size * 1.4}L${x + size * 1.4} ${y}L${x} ${y + size * 1.4}L${x - size * 1.4} ${y}Z`} />;
  return <circle cx={x} cy={y} r={size * 1.1} />;
}

export const HospitalMark = ({ at }: { at: number }) => (
  <svg className="hospital-mark" width="26" height="12" aria-hidden="true">
    <path d="M0 6H26" className="plot-line" strokeDasharray={dashes[at % 4]} />
    <g className="point"><Mark shape={at} x={13} y={6} size={3.4} /></g>
  </svg>
);

const two = (n: number) => String(n).padStart(2, "0");

function tickText(tick: TimeTick): string {
  const d = new Date(tick.epoch);
  if (tick.kind === "hour") return `${two(d.getUTCHours())}:00`;
  if (tick.kind === "year") return String(d.getUTCFullYear());
  if (tick.kind === "month") return `${d.getUTCFullYear()}-${two(d.getUTCMonth() + 1)}`;
  return `${two(d.getUTCMonth() + 1)}-${two(d.getUTCDate())}`;
}

interface PlotProps { plot: Plot; hospitals: string[]; name: string }

function PlotView({ plot, hospitals, name }: PlotProps) {
  const t = useWords();
  const { open } = usePanel();
  const right = 8 + plot.bands.length * bracket;
  const points = plot.series.flatMap((series) => series.points);
  const times = points.map((point) => point.wall!);
  const hour = 3600_000;
  const pad = Math.max((Math.max(...times) - Math.min(...times)) * 0.04, hour);
  const from = Math.min(...times) - pad;
  const to = Math.max(...times) + pad;
  const scale = valueScale(plotValues(plot));
  const x = (time: number) => left + ((time - from) / (to - from)) * (width - left - right);
  const y = (value: number) => top + (1 - (value - scale.min) / (scale.max - scale.min)) * (height - top - bottom);
  const clamp = (value: number) => Math.max(scale.min, Math.min(scale.max, value));
  const show = (result: Result) => open({
    kind: "origin", resource: result.observation, elements: [valueElement(result.observation), "code"], label: labelOf(result.observation), value: `${valueText(result.observation)} ${result.unit}`.trim(),
  });
  const onKey = (event: KeyboardEvent, result: Result) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    show(result);
  };

  return (
    <svg className="plot" viewBox={`0 0 ${width} ${height}`} role="group" aria-label={t.results.plotLabel(name, points.length)}>
      <defs>
        <pattern id="band-b" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V6" className="hatch" /></pattern>
        <pattern id="band-c" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)"><path d="M0 0V6" className="hatch" /></pattern>
        <pattern id="band-d" width="4" height="4" patternUnits="userSpaceOnUse"><circle cx="1" cy="1" r="0.8" className="hatch-dot" /></pattern>
      </defs>
      {plot.bands.map((band, at) => {
        const high = y(band.high === null ? scale.max : clamp(band.high));
        const low = y(band.low === null ? scale.min : clamp(band.low));
        const which = hospitals.indexOf(band.hospital) % 4;
        const edge = width - right + 6 + at * bracket;
        return (
          <g key={at} className="band">
            <rect x={left} y={high} width={width - left - right} height={Math.max(0, low - high)} className={which === 0 ? "band-a" : "band-pattern"} fill={which === 0 ? undefined : `url(#${patterns[which]})`} />
            {band.high !== null && band.high <= scale.max && band.high >= scale.min && <path d={`M${left} ${high}H${width - right}`} className="band-edge" strokeDasharray={dashes[which]} />}
            {band.low !== null && band.low >= scale.min && band.low <= scale.max && <path d={`M${left} ${low}H${width - right}`} className="band-edge" strokeDasharray={dashes[which]} />}
            <path d={`M${edge - 3} ${high}H${edge + 3}M${edge} ${high}V${low}M${edge - 3} ${low}H${edge + 3}`} className="bracket" />
            <g className="point small"><Mark shape={which} x={edge} y={(high + low) / 2} size={2.2} /></g>
          </g>
        );
      })}
      {scale.ticks.map((tick) => (
        <g key={tick}>
          <path d={`M${left} ${y(tick)}H${width - right}`} className="grid" />
          <text x={left - 5} y={y(tick) + 3.5} textAnchor="end" className="axis">{tick}</text>
        </g>
      ))}
      {timeTicks(from, to).map((tick) => (
        <g key={tick.epoch}>
          <path d={`M${x(tick.epoch)} ${height - bottom}v4`} className="grid" />
          <text x={x(tick.epoch)} y={height - bottom + 15} textAnchor="middle" className="axis">{tickText(tick)}</text>
        </g>
      ))}
      {plot.series.map((series) => {
        const which = hospitals.indexOf(series.hospital);
        return (
          <g key={series.hospital}>
            {series.points.length > 1 && <path className="plot-line" fill="none" strokeDasharray={dashes[which % 4]} d={series.points.map((point, at) => `${at ? "L" : "M"}${x(point.wall!)} ${y(point.numeric!)}`).join("")} />}
            {series.points.map((point) => {
              const words = `${valueText(point.observation)} ${point.unit} ${flagWords(point.flag, t)} · ${timeText(point.when)} · ${rangeText(point.observation.referenceRange)}`;
              return (
                <g key={point.observation.id} className={`point ${isAbnormal(point.flag) ? point.flag.level : ""}`} role="button" tabIndex={0} aria-label={words} onClick={() => show(point)} onKeyDown={(event) => onKey(event, point)}>
                  <title>{words}</title>
                  <circle cx={x(point.wall!)} cy={y(point.numeric!)} r={11} className="target" />
                  <Mark shape={which} x={x(point.wall!)} y={y(point.numeric!)} size={3.6} />
                </g>
              );
            })}
          </g>
        );
      })}
    </svg>
  );
}

// All plots of one test, with the legend of its hospitals and their ranges.
export function Trend({ group }: { group: TestGroup }) {
  const t = useWords();
  const names = useNames();
  const plots = plotsOf(group.results);
  if (plots.length === 0) return <p className="dim">{t.results.noPlot}</p>;
  const hospitals = [...new Set(plots.flatMap((plot) => plot.series.map((series) => series.hospital)))].sort();
  return (
    <div className="trend">
      {plots.length > 1 && <p className="notice">{t.results.units}</p>}
      {plots.map((plot) => (
        <figure key={plot.unit}>
          <figcaption>{plot.unit || t.results.unitless}</figcaption>
          <PlotView plot={plot} hospitals={hospitals} name={group.name} />
        </figure>
      ))}
      <ul className="legend" aria-label={t.results.bandsOf}>
        {hospitals.map((hospital, at) => {
          const ranges = new Set(plots.flatMap((plot) => plot.series.filter((series) => series.hospital === hospital).flatMap((series) => series.points.map((point) => rangeText(point.observation.referenceRange)).filter(Boolean).map((text) => `${text}${plots.length > 1 ? ` ${plot.unit}` : ""}`))));
          const own = group.results.find((result) => result.hospital === hospital);
          const called = own ? labelOf(own.observation) : "";
          return <li key={hospital}><HospitalMark at={at} /> {names.hospital(hospital)} {called !== group.name && <span>“{called}” </span>}<span className="dim">{t.results.range} {[...ranges].join("; ") || t.results.noRange}</span></li>;
        })}
      </ul>
    </div>
  );
}

// The latest value's unit as a line in a table row: only the shape, the plot has the numbers.
export function Spark({ results }: { results: Result[] }) {
  const plot = plotsOf(results).find((candidate) => candidate.unit === results[0]?.unit);
  const points = (plot?.series ?? []).flatMap((series) => series.points).sort((a, b) => a.wall! - b.wall!);
  if (!plot || !plot.series.some((series) => series.points.length > 1)) return null;
  const values = points.map((point) => point.numeric!);
  const low = Math.min(...values);
  const span = Math.max(...values) - low || 1;
  const from = points[0]!.wall!;
  const time = points[points.length - 1]!.wall! - from || 1;
  const at = (point: Result) => [3 + ((point.wall! - from) / time) * 66, 17 - ((point.numeric! - low) / span) * 14] as const;
  const last = points[points.length - 1]!;
  return (
    <svg className="spark" width="72" height="20" aria-hidden="true">
      {plot.series.map((series) => <path key={series.hospital} className="plot-line" fill="none" d={series.points.map((point, n) => `${n ? "L" : "M"}${at(point).join(" ")}`).join("")} />)}
      <g className={`point ${isAbnormal(last.flag) ? last.flag.level : ""}`}><circle cx={at(last)[0]} cy={at(last)[1]} r={2.6} /></g>
    </svg>
  );
}
