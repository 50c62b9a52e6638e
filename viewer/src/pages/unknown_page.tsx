import { useWords } from "../i18n/language";
import { Link } from "../parts/router";

export function UnknownPage() {
  const t = useWords();
  return (
    <main className="page">
      <p className="notice">{t.errors.notFound}</p>
      <p><Link href="/">{t.find.heading}</Link></p>
    </main>
  );
}
