import { Component, type ReactNode } from "react";
import { LanguageProvider, useWords } from "./i18n/language";
import { NamesProvider } from "./parts/names";
import { usePlace } from "./parts/router";
import { ThemeProvider } from "./parts/theme";
import { ChartPage } from "./pages/chart_page";
import { FindPage } from "./pages/find_page";
import { MessagePage } from "./pages/message_page";
import { UnknownPage } from "./pages/unknown_page";

function Pages() {
  const place = usePlace();
  switch (place.page) {
    case "find": return <FindPage />;
    case "patient": return <ChartPage key={place.id} id={place.id} tab={place.tab} />;
    case "message": return <MessagePage number={place.number} />;
    case "unknown": return <UnknownPage />;
  }
}

function Crashed() {
  return <p className="notice notice-error" role="alert">{useWords().errors.crashed}</p>;
}

// A fault in drawing must not leave a blank page, which could be read as an empty chart.
class Guard extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };
  static getDerivedStateFromError() {
    return { failed: true };
  }
  override render() {
    return this.state.failed ? <Crashed /> : this.props.children;
  }
}

export function App() {
  return (
    <LanguageProvider>
      <ThemeProvider>
        <Guard>
          <NamesProvider>
            <Pages />
          </NamesProvider>
        </Guard>
      </ThemeProvider>
    </LanguageProvider>
  );
}
