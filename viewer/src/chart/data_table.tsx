import type { ReactNode } from "react";
import { Empty } from "../parts/notices";
import { useLoaded } from "./context";
import type { ChartType } from "./data";
import { useReady } from "./section_notes";

export interface Column<T> { head: string; number?: boolean; cell(item: T): ReactNode }

interface Keyed { id?: string; key?: string }

// A column that no row has anything for is left out. "Nothing recorded" is said only when the search really succeeded.
export function DataTable<T extends Keyed>({ rows, columns, types, none }: { rows: T[]; columns: Column<T>[]; types: ChartType[]; none: string }) {
  const ready = useReady(types);
  const { sections } = useLoaded();
  if (rows.length === 0) return ready && types.every((type) => sections[type].state === "ready") ? <Empty>{none}</Empty> : null;
  const cells = rows.map((row) => columns.map((column) => column.cell(row)));
  const isEmpty = (cell: ReactNode) => cell === null || cell === undefined || cell === "" || (Array.isArray(cell) && cell.length === 0);
  const used = columns.map((_, at) => cells.some((row) => !isEmpty(row[at])));
  return (
    <table className="data">
      <thead><tr>{columns.map((column, at) => used[at] && <th key={column.head}>{column.head}</th>)}</tr></thead>
      <tbody>{rows.map((row, n) => <tr key={row.id ?? row.key}>{columns.map((column, at) => used[at] && <td key={column.head} className={column.number ? "number" : undefined}>{cells[n]![at]}</td>)}</tr>)}</tbody>
    </table>
  );
}
