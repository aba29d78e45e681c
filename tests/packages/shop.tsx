// A small React page in StrictMode. A test changes what it shows by `show`.
import { StrictMode, useEffect } from "react";
import { createRoot } from "react-dom/client";
import { loadTresta, type WidgetState } from "tresta-widget";
import { TrestaWidget, type TrestaWidgetProps } from "tresta-widget/react";

declare global {
  interface Window {
    show: (props: TrestaWidgetProps | null) => void;
    loadTresta: typeof loadTresta;
    effects: number; // how often React ran the effect of the component beside the widget
    states: WidgetState[];
  }
}

const Effects = () => {
  useEffect(() => {
    window.effects++;
  }, []);
  return null;
};

const root = createRoot(document.querySelector("#app")!);
window.loadTresta = loadTresta;
window.effects = 0;
window.states = [];
window.show = (props) =>
  root.render(
    <StrictMode>
      <Effects />
      {props && <TrestaWidget {...props} onState={(state) => window.states.push(state)} />}
    </StrictMode>,
  );
