import { describe, expect, it } from "vitest";
import { parseKeepingDigits } from "./json";

describe("JSON", () => {
  it("keeps the digits of a decimal and leaves integers numbers", () => {
    expect(parseKeepingDigits('{"a":5.10,"b":5,"c":-0.040,"d":1.0e3}')).toEqual({ a: "5.10", b: 5, c: "-0.040", d: "1.0e3" });
  });
  it("touches nothing within strings", () => {
    const text = '{"a":"x: 5.10, \\"1.20\\" \\\\","b":[1.50,"2.50"]}';
    expect(parseKeepingDigits(text)).toEqual({ a: 'x: 5.10, "1.20" \\', b: ["1.50", "2.50"] });
  });
  it("refuses what is none", () => {
    expect(() => parseKeepingDigits('{"a":5.10')).toThrow();
  });
});
