/* Points of a line in order of x: which is nearest, which is highest near a place. */

/* The point nearest to x, by halving. */
export const nearest = (points, x) => {
  let low = 0, high = points.length - 1;
  if (high < 0) return -1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (points[middle].x < x) low = middle; else high = middle;
  }
  return Math.abs(points[low].x - x) <= Math.abs(points[high].x - x) ? low : high;
};

export const read = (points, x) => {
  if (!points.length || x < points[0].x || x > points.at(-1).x) return null;
  return points[nearest(points, x)];
};

/* A multiple of a bin is within a bin of where a line has its peak: the highest of three. */
export const peak = (points, x) => {
  const own = read(points, x), index = points.indexOf(own);
  return [points[index - 1], points[index + 1]].reduce((best, point) => (own && point && point.y > best.y ? point : best), own);
};

/* A mouse is coarser than a bin: the highest point within its reach. */
export const snapped = (points, x, reach) => {
  let index = nearest(points, x);
  if (index < 0) return x;
  for (let step = index; step >= 0 && points[step].x > x - reach; step -= 1) if (points[step].y > points[index].y) index = step;
  for (let step = index; step < points.length && points[step].x < x + reach; step += 1) if (points[step].y > points[index].y) index = step;
  return points[index].x;
};
