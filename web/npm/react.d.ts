import type { CSSProperties, ReactElement } from "react";
import type { LoadOptions, WidgetOptions, WidgetState } from "./index.js";

/** The options of `Tresta.mount` and of `loadTresta`, and those of the div. A changed prop mounts the widget again. */
export interface TrestaWidgetProps extends WidgetOptions, LoadOptions {
  /** The div's id. The default is `tresta-widget-` and the widget's id: give another if a page shows a widget twice. */
  id?: string;
  className?: string;
  style?: CSSProperties;
  /** Pixels to reserve for the widget, so that nothing shifts when it arrives. The default is 360. */
  minHeight?: number;
  /** Called with the widget's state each time it has loaded, or failed to. */
  onState?: (state: WidgetState) => void;
}

/** A div that shows a widget. It mounts the widget in an effect, and unmounts it when React removes the div. */
export function TrestaWidget(props: TrestaWidgetProps): ReactElement;
