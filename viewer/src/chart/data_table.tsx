import type { ReactNode } from "react";
import { Empty } from "../parts/notices";
import { useLoaded } from "./context";
import type { ChartType } from "./data";
import { useReady } from "./section_notes";

export interface Column<T> { head: string; number?: boolean; cell(item: T): ReactNode }

interface Keyed { id?: string; key?: string }

// "Nothing recorded" is said only when the search really succeeded.
export function DataTable<T extends Keyed>({ rows, columns, types, none }: { rows: T[]; columns: Column<T>[]; types: ChartType[]; none: string }) {
  const ready = useReady(types);
  const { sections } = useLoaded();
  if (rows.length === 0) return ready && types.every((type) => sections[type].state === "ready") ? <Empty>{none}</Empty> : null;
  return (
    <table className="data">
      <thead><tr>{columns.map((column) => <th key={column.head}>{column.head}</th>)}</tr></thead>
      <tbody>{rows.map((row) => <tr key={row.id ?? row.key}>{columns.map((column) => <td key={column.head} className={column.number ? "number" : undefined}>{column.cell(row)}</td>)}</tr>)}</tbody>
    </table>
  );
}
