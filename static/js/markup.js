/* The component that is HTML: an element with its content, which Dash does not look into. */
(() => {
  const PASSED = /^(id|className|hidden|role|tabIndex|title|type|disabled|open|data-.*|aria-.*)$/;
  window.portal_components = {
    Markup({ tag, html, ...props }) {
      const passed = Object.fromEntries(Object.entries(props).filter(([name]) => PASSED.test(name)));
      return window.React.createElement(tag || "div", { ...passed, dangerouslySetInnerHTML: { __html: html || "" } });
    },
  };
})();
