"use client";
// <TrestaWidget widgetId="w1" />: a div with a widget in it, from the div's first effect until React removes the div.
import { createElement, useEffect, useRef } from "react";
import { loadTresta } from "./index.js";

const NOT_LOADED = { status: "error", code: "RUNTIME_NETWORK" }; // the state if loadTresta failed

export function TrestaWidget(props) {
  const { id, className, style, minHeight = 360, onState, src, integrity, nonce, debug, ...options } = props;
  const place = useRef(null);
  const listener = useRef(onState);
  useEffect(() => {
    listener.current = onState;
  });
  const optionsJson = JSON.stringify(options); // compared by value: equal options do not mount the widget again
  useEffect(() => {
    const element = place.current;
    let isCurrent = true; // false after the cleanup, which StrictMode runs between two mounts
    let tresta;
    const mount = async () => {
      tresta = await loadTresta({ src, integrity, nonce, debug });
      return isCurrent ? tresta.mount(element, JSON.parse(optionsJson)) : undefined;
    };
    mount()
      .catch(() => NOT_LOADED)
      .then((state) => isCurrent && listener.current?.(state));
    return () => {
      isCurrent = false;
      tresta?.unmount(element);
    };
  }, [optionsJson, src, integrity, nonce, debug]);
  return createElement("div", {
    ref: place,
    id: id ?? `tresta-widget-${options.widgetId}`, // window.Tresta finds the widget by this id
    className,
    style: { minHeight, ...style },
  });
}
