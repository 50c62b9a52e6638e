import { describe, expect, it } from "vitest";
import { bytesOf, cut, placesOf, readRests, restOf, worthMarking, type Unused } from "./explanation";

const bytes = (text: string) => new TextEncoder().encode(text).length;
const part = (text: string, found: string, why = "never"): Unused => {
  const begin = bytes(text.slice(0, text.indexOf(found)));
  return { segment: "PID[1]", field: "PID-9", text: found, begin, end: begin + bytes(found), why };
};

describe("an unused part", () => {
  const line = "PID|1|張三|𠮷野|F|别名|é";
  it("is found by its bytes in a text that counts otherwise", () => {
    const places = placesOf(line, [part(line, "别名"), part(line, "𠮷野"), part(line, "é")]);
    expect(places.map(({ start, end }) => line.slice(start, end))).toEqual(["𠮷野", "别名", "é"]);
    expect(placesOf("\uFEFF" + line, [part(line, "别名")])[0]!.start).toBe(line.indexOf("别名") + 1);
  });
  it("is known by its beginning when it is long, and not marked where it does not stand", () => {
    const long = { ...part(line, "别名|é"), text: "别…" };
    expect(placesOf(line, [long])).toHaveLength(1);
    expect(placesOf(line, [{ ...long, text: "其他" }])).toEqual([]);
    expect(placesOf(line, [{ ...long, begin: 7 }])).toEqual([]); // inside a character
    expect(placesOf(line, [{ ...long, begin: 900, end: 910 }])).toEqual([]);
  });
  it("that is a set id is not worth a mark", () => {
    expect(worthMarking([part(line, "1", "set_id"), part(line, "F", "asked")]).map((each) => each.why)).toEqual(["asked"]);
    expect(bytesOf([part(line, "别名"), part(line, "F")])).toBe(7);
  });
});

describe("a line", () => {
  const line = "PID|1|張三|F|别名";
  const told = (from: number, source?: [number, number]) => cut(line, from, placesOf("x".repeat(from) + line, [part("x".repeat(from) + line, "F"), part("x".repeat(from) + line, "别名")]), source)
    .map((piece) => (piece.source ? `<${piece.text}>` : piece.part ? `[${piece.text}]` : piece.text)).join("");
  it("is cut at its marks, wherever it stands in the message", () => {
    expect(told(0)).toBe("PID|1|張三|[F]|[别名]");
    expect(told(40)).toBe("PID|1|張三|[F]|[别名]");
  });
  it("shows the source first, also where a part overlaps it", () => {
    expect(told(0, [6, 8])).toBe("PID|1|<張三>|[F]|[别名]");
    expect(told(0, [9, 12])).toBe("PID|1|張三|<F|别>[名]");
  });
  it("without marks stays whole", () => {
    expect(cut(line, 0, [])).toEqual([{ text: line, source: false, part: null }]);
    expect(cut("", 0, [])).toEqual([]);
  });
});

describe("what the server tells", () => {
  it("is read by message from $origin", () => {
    const rests = readRests({
      resourceType: "Parameters",
      parameter: [
        { name: "origin", part: [{ name: "message", valueInteger: 7 }] },
        { name: "unused", part: [{ name: "message", valueInteger: 7 }, { name: "field", valueString: "PID-9" }, { name: "begin", valueInteger: 4 }, { name: "end", valueInteger: 9 }] },
        { name: "fallback", part: [{ name: "message", valueInteger: 8 }, { name: "what", valueString: "x" }] },
      ],
    });
    expect(rests.get(7)).toMatchObject({ unused: [{ field: "PID-9", begin: 4, end: 9, why: "" }], fallbacks: [] });
    expect(rests.get(8)!.fallbacks[0]).toMatchObject({ what: "x", rule: "" });
  });
  it("is completed where an explanation leaves out what is empty", () => {
    expect(restOf({ unused: [{ field: "PID-9" }], unusedTotal: 1, fallbacks: [{ what: "x" }], fallbacksTotal: 1 })).toMatchObject({ unused: [{ segment: "" }], fallbacks: [{ field: "", rule: "" }] });
  });
});
