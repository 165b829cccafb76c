/* A zoom as the address says it. */

/* As many digits as the span between both ends can tell apart. */
const rounded = (value, low, high) => Number(value.toPrecision(Math.min(15, Math.max(6, 4 + Math.ceil(Math.log10(Math.abs(value) / (high - low) + 1))))));
export const span = (low, high) => `${rounded(low, low, high)},${rounded(high, low, high)}`;

/* The range a change of Plotly's gives an axis: null where it is let go, undefined where it stays. */
export const rangeOf = (change, axis) => {
  const both = change[`${axis}.range`];
  const from = both ? both[0] : change[`${axis}.range[0]`], to = both ? both[1] : change[`${axis}.range[1]`];
  if (Number.isFinite(from) && Number.isFinite(to)) return [from, to];
  return change[`${axis}.autorange`] ? null : undefined;
};
