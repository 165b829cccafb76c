/* The condition that a bar in a column's head stands for, as the grid's filters hold it. */

const isAlike = (one, other) => ["type", "filter", "filterTo", "operator"].every((key) => (one[key] ?? null) === (other[key] ?? null));
const partsOf = (one) => one.conditions ?? [];
export const isSame = (one, other) => Boolean(one) && isAlike(one, other) && partsOf(one).length === partsOf(other).length
  && partsOf(one).every((part, place) => isAlike(part, partsOf(other)[place]));

/* The very bins that were counted: a value on an edge lies in the bin that begins there, and the
   first and the last hold what lies beyond the ends too. */
export const ofBin = ({ edges, counts }, place) => {
  const filterType = "number";
  const fromLow = { filterType, type: "greaterThanOrEqual", filter: edges[place] };
  const below = { filterType, type: "lessThan", filter: edges[place + 1] };
  if (place === 0) return below;
  return place === counts.length - 1 ? fromLow : { filterType, operator: "AND", conditions: [fromLow, below] };
};
export const ofName = ({ code, name }) => (code === "none" ? { filterType: "text", type: "blank" } : { filterType: "text", type: "equals", filter: name });
