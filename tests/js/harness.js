/* The tests of the scripts: each file names its own with `test`; `run` says what each of them said. */

const all = [];
export const test = (name, body) => all.push({ name, body });

const said = (value) => JSON.stringify(value, (_, each) => (each === undefined ? "undefined" : each));
export const equal = (found, wanted) => {
  if (said(found) !== said(wanted)) throw new Error(`found ${said(found)}, not ${said(wanted)}`);
};
export const near = (found, wanted, tolerance = 1e-9) => {
  if (!(Math.abs(found - wanted) <= tolerance)) throw new Error(`found ${found}, not ${wanted}`);
};
/* Until something holds, for what the browser does later. */
export const until = async (holds) => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
};

export const run = async (url) => {
  const before = all.length, results = {};
  await import(url);
  for (const { name, body } of all.slice(before)) {
    try { await body(); results[name] = ""; } catch (error) { results[name] = String(error.stack); }
  }
  return results;
};
