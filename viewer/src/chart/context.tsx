// The chart that the parts of the page show, without handing it through every one of them.

import { createContext, useContext } from "react";
import type { Chart } from "./data";

export const ChartContext = createContext<Chart | null>(null);

export function useLoaded(): Chart {
  const chart = useContext(ChartContext);
  if (!chart) throw new Error("used outside a chart");
  return chart;
}
