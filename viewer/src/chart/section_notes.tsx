// What a part of the chart lacks: searches that failed, or older entries that are not loaded. Each is named.

import { Failure, Loading } from "../parts/notices";
import { useWords } from "../i18n/language";
import { useLoaded } from "./context";
import type { ChartType } from "./data";

export function SectionNotes({ types }: { types: ChartType[] }) {
  const t = useWords();
  const { sections, loadOlder, reload } = useLoaded();
  const failed = types.filter((type) => sections[type].error);
  const older = types.filter((type) => sections[type].next);
  const words = (some: ChartType[]) => some.map((type) => t.types[type]).join(t.common.list);
  const first = failed[0] && sections[failed[0]].error;
  const busy = older.some((type) => sections[type].busy);
  return (
    <>
      {types.some((type) => sections[type].state === "loading") && <Loading />}
      {first && <Failure what={t.errors.section(words(failed))} error={first} retry={reload} />}
      {older.length > 0 && (
        <div className="notice">
          <p>{t.common.olderNote(words(older))}</p>
          <button type="button" disabled={busy} onClick={() => older.forEach(loadOlder)}>{busy ? t.common.loading : t.common.older}</button>
        </div>
      )}
    </>
  );
}

export const useReady = (types: ChartType[]): boolean => {
  const { sections } = useLoaded();
  return types.every((type) => sections[type].state !== "loading");
};
