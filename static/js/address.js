/* What an address says, and how a change of it is written: the rules of a page's state, without a
   browser. `declared` is what the page's `state.py` declares: keys, choices, defaults, limits. */

const STEP_MS = 1000;
const PLAIN = { "%2C": ",", "%3A": ":", "%2F": "/", "%3B": ";" };

/* The filter stays a query; everything else is a text under its key. */
export const read = (declared, search) => {
  const state = { filter: "" }, filter = new URLSearchParams();
  for (const [key, value] of new URLSearchParams(search)) {
    if (declared.filter.includes(key)) filter.append(key, value);
    else if (key !== "filter") state[key] = value;
  }
  state.filter = filter.toString();
  return state;
};

export const write = ({ filter, ...rest }) => {
  const own = new URLSearchParams(rest).toString().replace(/%(2C|3A|2F|3B)/g, (code) => PLAIN[code]);
  return [filter, own].filter(Boolean).join("&");
};

/* What a key says, whatever is made up being its default. */
export const current = (declared, state, key) => {
  const { choices, default: first = "" } = declared.keys[key] ?? {};
  const said = state[key] ?? first;
  return choices && !choices.includes(said) ? first : said;
};

export const list = (declared, state, key) => {
  const { atFirst } = declared.keys[key] ?? {};
  return state[key] === undefined && atFirst ? [...atFirst] : (state[key] ?? "").split(",").filter(Boolean);
};

/* A key at its default is left out; of a list that begins with something, "" is none of it. */
const isDefault = (declared, key, value) => {
  const { atFirst, default: first } = declared.keys[key] ?? {};
  if (value === null || value === undefined) return true;
  return atFirst ? String(value) === atFirst.join() : value === "" || String(value) === first;
};

/* The state after some keys were chosen, without what belonged to the old choice. */
export const changed = (declared, state, changes) => {
  const next = { ...state }, filter = new URLSearchParams(state.filter);
  for (const [key, value] of Object.entries(changes)) {
    if (key === "filter") next.filter = value;
    else if (declared.filter.includes(key)) {
      if (isDefault(declared, key, value)) filter.delete(key); else filter.set(key, value);
      next.filter = filter.toString();
    } else if (isDefault(declared, key, value)) delete next[key];
    else next[key] = String(value);
  }
  for (const [key, { of }] of Object.entries(declared.keys)) {
    if (of && !(key in changes) && (of in changes || next[of] !== state[of])) delete next[key];
  }
  return next;
};

/* What a panel is asked with, or nothing where it is not asked. */
export const question = (declared, asked, state, look) => {
  const { keys, by, more, when, needs, graph, isThemed } = asked;
  if (needs && !state[needs]) return null;
  if (when && current(declared, state, when[0]) !== when[1]) return null;
  const data = {};
  for (const key of [...keys, ...(by ? (more[current(declared, state, by)] ?? []) : [])]) {
    const { inBrowser } = declared.keys[key] ?? {};
    if (inBrowser) data[key] = list(declared, state, key).filter((word) => !inBrowser.includes(word)).toSorted().join();
    else if (state[key] !== undefined) data[key] = state[key];
  }
  if (isThemed) data.theme = look.theme();
  if (graph) data.w = look.width(graph);
  return data;
};

/* One step back undoes one deliberate change: what is dragged or stepped through is one. */
export const isSameStep = (declared, last, changes, now, { merge = false } = {}) => {
  const keys = Object.keys(changes);
  const flows = merge || keys.every((key) => declared.keys[key]?.isContinuous);
  return Boolean(last) && flows && last.keys === keys.join() && now - last.at < STEP_MS;
};
export const stepOf = (changes, now) => ({ keys: Object.keys(changes).join(), at: now });
