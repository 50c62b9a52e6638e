import { describe, expect, it } from "vitest";
import { decodeBase64, decodeText, kindOf } from "./attachment";

const bytes = (...values: number[]) => new Uint8Array(values);

describe("an attachment", () => {
  it("is known by its type", () => {
    expect(kindOf("text/plain; charset=gbk")).toBe("text");
    expect(kindOf("text/html")).toBe("html");
    expect(kindOf("application/pdf")).toBe("pdf");
    expect(kindOf("image/jpeg")).toBe("image");
  });
  it("of a type that can hold scripts is never shown in the page", () => {
    expect(kindOf("image/svg+xml")).toBe("other");
    expect(kindOf("application/octet-stream")).toBe("other");
  });
  it("is decoded by its charset, else UTF-8, else GB18030", () => {
    expect(decodeText(bytes(0xd5, 0xc5, 0xc8, 0xfd), "text/plain; charset=GB18030")).toBe("张三");
    expect(decodeText(bytes(0xd5, 0xc5, 0xc8, 0xfd), "text/plain")).toBe("张三");
    expect(decodeText(new TextEncoder().encode("张三"), "text/plain")).toBe("张三");
    expect(decodeText(new TextEncoder().encode("张三"), "text/plain; charset=no-such")).toBe("张三");
  });
  it("that is no base64 is empty, not an error", () => {
    expect(decodeBase64("!!!")).toHaveLength(0);
    expect([...decodeBase64("5byg\n5LiJ")]).toEqual([...new TextEncoder().encode("张三")]);
  });
});
