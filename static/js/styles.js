/* Plotly, Dash and the table bring style elements of their own. The policy lets in those that carry
   the page's nonce: what scripts make gets it here, what came as markup does not have it. */
(() => {
  const { nonce } = document.currentScript, make = Document.prototype.createElement;
  Document.prototype.createElement = function (name, ...options) {
    const element = make.call(this, name, ...options);
    if (element instanceof HTMLStyleElement) element.nonce = nonce;
    return element;
  };
})();
