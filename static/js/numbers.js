/* Numbers as people read them. */

const THIN = "\u202f", MINUS = "\u2212", NONE = "–";

export const thousands = (n) => String(n).replace(/\B(?=(\d{3})+(?!\d))/g, THIN);
const signed = (value, text) => (value < 0 && /[1-9]/.test(text) ? MINUS + text : text);

/* Three significant digits; a number of decimals, where one is given, is kept to. */
export const number = (value, digits = null) => {
  if (value === null || value === undefined) return NONE;
  const size = Math.abs(value);
  if (digits !== null) {
    const [whole, rest] = size.toFixed(digits).split(".");
    return signed(value, [thousands(whole), rest].filter(Boolean).join("."));
  }
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) return signed(value, size.toExponential(2).replace("e-", `e${MINUS}`).replace("e+", "e"));
  return signed(value, size >= 100 ? thousands(size.toFixed(0)) : size.toPrecision(3));
};
