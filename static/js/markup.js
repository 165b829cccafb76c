/* The component that is HTML: an element with its content, which Dash does not look into. */

import { patchChildren } from "./patch.js";

const PASSED = /^(id|className|hidden|role|tabIndex|title|type|disabled|open|data-.*|aria-.*)$/;

const Markup = ({ tag, html, ...props }) => {
  const { createElement, useLayoutEffect, useRef } = window.React;
  const place = useRef(null), shown = useRef(document.createDocumentFragment());
  useLayoutEffect(() => {
    const fresh = document.createElement("template");
    fresh.innerHTML = html || "";
    patchChildren(place.current, shown.current, fresh.content);
    shown.current = fresh.content;
  }, [html]);
  const passed = Object.fromEntries(Object.entries(props).filter(([name]) => PASSED.test(name)));
  return createElement(tag || "div", { ...passed, ref: place });
};

window.portal_components = { Markup };
