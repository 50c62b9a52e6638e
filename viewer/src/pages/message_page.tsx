import { MessageText } from "../chart/message_text";
import { useWords } from "../i18n/language";
import { Preferences } from "../parts/preferences";
import { useTitle } from "../parts/use_title";

export function MessagePage({ number }: { number: string }) {
  const t = useWords();
  useTitle(`${t.message.heading} ${number}`);
  return (
    <div className="find">
      <header className="find-top"><span className="mark">{t.app.name}</span><Preferences /></header>
      <main className="page">
        <h1>{t.message.heading} {t.origin.number(Number(number))}</h1>
        <MessageText number={number} />
      </main>
    </div>
  );
}
