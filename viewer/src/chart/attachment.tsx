// What a document holds: text as text, HTML in a frame without scripts or network, images and PDF from their bytes, anything else to download.

import { useEffect, useMemo, useState } from "react";
import { isAbort, read, RequestError } from "../fhir/client";
import { decodeBase64, decodeText, kindOf } from "../logic/attachment";
import type { Attachment, Resource } from "../fhir/types";
import { useWords } from "../i18n/language";
import { Failure, Loading } from "../parts/notices";

type Content = { state: "loading" } | { state: "failed"; error: RequestError } | { state: "elsewhere"; url: string } | { state: "ready"; data: string; type: string };
type Binary = Resource & { data?: string; contentType?: string };

const binaryPath = /(?:^|\/)Binary\/([A-Za-z0-9\-.]{1,64})$/;

function useContent(attachment: Attachment, round: number): Content {
  const [content, setContent] = useState<Content>({ state: "loading" });
  useEffect(() => {
    const type = attachment.contentType ?? "";
    const binary = binaryPath.exec(attachment.url ?? "");
    if (attachment.data !== undefined) return setContent({ state: "ready", data: attachment.data, type });
    // Nothing outside the engine is ever fetched.
    if (!binary) return setContent(attachment.url ? { state: "elsewhere", url: attachment.url } : { state: "ready", data: "", type });
    const abort = new AbortController();
    setContent({ state: "loading" });
    read<Binary>(`Binary/${binary[1]}`, abort.signal).then(
      (found) => setContent({ state: "ready", data: found.data ?? "", type: type || found.contentType || "" }),
      (error) => {
        if (!isAbort(error)) setContent({ state: "failed", error: error instanceof RequestError ? error : new RequestError(0, "") });
      },
    );
    return () => abort.abort();
  }, [attachment, round]);
  return content;
}

function useBlob(bytes: Uint8Array | null, type: string): string {
  const [url, setUrl] = useState("");
  useEffect(() => {
    if (!bytes) return;
    const made = URL.createObjectURL(new Blob([bytes], { type }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [bytes, type]);
  return url;
}

// No scripts, no forms, no network, whatever the document holds; its own style is kept.
const framePolicy = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">`;

function Shown({ data, type, title }: { data: string; type: string; title: string }) {
  const t = useWords();
  const kind = kindOf(type);
  const bytes = useMemo(() => decodeBase64(data), [data]);
  const text = useMemo(() => (kind === "text" || kind === "html" ? decodeText(bytes, type) : ""), [bytes, kind, type]);
  // A blob has this page's origin: never let it be HTML or SVG that a browser would run.
  const blob = useBlob(kind === "text" || kind === "html" ? null : bytes, kind === "pdf" ? "application/pdf" : kind === "image" ? type : "application/octet-stream");
  if (bytes.length === 0) return <p className="dim">{t.documents.empty}</p>;
  if (kind === "text") return <div className="document-text">{text}</div>;
  if (kind === "html") return <iframe className="document-frame" title={title} sandbox="" referrerPolicy="no-referrer" srcDoc={framePolicy + text} />;
  if (!blob) return <Loading />;
  if (kind === "image") return <img className="document-image" src={blob} alt={title || t.documents.image} />;
  if (kind === "pdf") {
    return (
      <div>
        <p><a href={blob} target="_blank" rel="noopener">{t.documents.openPdf}</a></p>
        <object className="document-frame" data={blob} type="application/pdf" aria-label={title || t.documents.pdf}><p className="dim">{t.documents.pdf}</p></object>
      </div>
    );
  }
  return <p><span className="dim">{t.documents.unknownType} ({type || "?"})</span> <a href={blob} download={title || "attachment"}>{t.documents.download}</a></p>;
}

export function AttachmentView({ attachment }: { attachment: Attachment }) {
  const t = useWords();
  const [round, setRound] = useState(0);
  const content = useContent(attachment, round);
  switch (content.state) {
    case "loading": return <Loading>{t.documents.loading}</Loading>;
    case "failed": return <Failure what={t.documents.failed} error={content.error} retry={() => setRound((n) => n + 1)} />;
    case "elsewhere": return <p className="dim">{t.documents.elsewhere}: <span className="code">{content.url}</span></p>;
    case "ready": return <Shown data={content.data} type={content.type} title={attachment.title ?? ""} />;
  }
}
