/* The condition that a bar in a column's head stands for, as the grid's filters hold it. */

export const isSame = (one, other) => Boolean(one) && ["type", "filter", "filterTo"].every((key) => (one[key] ?? null) === (other[key] ?? null));

/* The first and the last bin hold what lies beyond the ends too, where it was cut. */
export const ofBin = ({ low, high, counts, cutLow, cutHigh }, place) => {
  const edge = (at) => Number((low + ((high - low) * at) / counts.length).toPrecision(9));
  const filterType = "number";
  if (place === 0 && cutLow) return { filterType, type: "lessThanOrEqual", filter: edge(1) };
  if (place === counts.length - 1 && cutHigh) return { filterType, type: "greaterThanOrEqual", filter: edge(place) };
  return { filterType, type: "inRange", filter: edge(place), filterTo: edge(place + 1) };
};
export const ofName = ({ code, name }) => (code === "none" ? { filterType: "text", type: "blank" } : { filterType: "text", type: "equals", filter: name });
