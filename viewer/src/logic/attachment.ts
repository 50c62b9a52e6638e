// An attachment's bytes, and what they are.

export type AttachmentKind = "text" | "html" | "pdf" | "image" | "other";

export function kindOf(contentType: string): AttachmentKind {
  const type = contentType.split(";")[0]!.trim().toLowerCase();
  if (type === "" || type === "text/plain" || type === "text" || type === "tx") return "text";
  if (type === "text/html" || type === "application/xhtml+xml") return "html";
  if (type === "text/xml" || type === "application/xml" || type === "application/json" || type.startsWith("application/hl7")) return "text";
  if (type === "application/pdf") return "pdf";
  // SVG can hold scripts; it is downloaded instead.
  if (/^image\/(png|jpeg|jpg|gif|webp|bmp)$/.test(type)) return "image";
  return "other";
}

// Blanks and line ends within base64 are allowed; anything else that is no base64 gives no bytes.
export function decodeBase64(data: string): Uint8Array {
  try {
    const binary = atob(data.replace(/\s+/g, ""));
    const bytes = new Uint8Array(binary.length);
    for (let i = 0; i < binary.length; ++i) bytes[i] = binary.charCodeAt(i);
    return bytes;
  } catch {
    return new Uint8Array(0);
  }
}

// The charset that the type names, else UTF-8 when it is valid, else GB18030.
export function decodeText(bytes: Uint8Array, contentType: string): string {
  const named = /charset\s*=\s*"?([\w\-]+)/i.exec(contentType)?.[1];
  for (const charset of [named, "utf-8", "gb18030"]) {
    if (!charset) continue;
    try {
      return new TextDecoder(charset, { fatal: true }).decode(bytes);
    } catch {
      // Not in this charset, or one that the browser does not know.
    }
  }
  return new TextDecoder().decode(bytes);
}
