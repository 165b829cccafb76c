/* Which files are meant by what was chosen or dropped, each with its path below the folder. */

const LITTER = new Set(["__MACOSX", "Thumbs.db", "desktop.ini"]);

export const isLitter = (path) => path.split("/").some((part) => part.startsWith(".") || LITTER.has(part));

export const chosen = (files) => [...files]
  .map((file) => ({ path: file.webkitRelativePath || file.name, file }))
  .filter(({ path }) => !isLitter(path));

const fileOf = (entry) => new Promise((resolve, reject) => { entry.file(resolve, reject); });
const some = (reader) => new Promise((resolve, reject) => { reader.readEntries(resolve, reject); });

/* A reader of a folder gives its entries in portions, and nothing at its end. */
const rest = async (reader) => {
  const portion = await some(reader);
  return portion.length ? [...portion, ...await rest(reader)] : [];
};
const walk = async (entry) => {
  const path = entry.fullPath.replace(/^\/+/, "");
  if (isLitter(path)) return [];
  if (entry.isFile) return [{ path, file: await fileOf(entry) }];
  return (await Promise.all((await rest(entry.createReader())).map(walk))).flat();
};

/* The entries must be taken before the first wait: the drop is empty afterwards. */
export const dropped = async (transfer) => {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return chosen(transfer.files);
  return (await Promise.all(entries.map(walk))).flat();
};

export const batches = (all, most) =>
  Array.from({ length: Math.ceil(all.length / most) }, (_, n) => all.slice(n * most, (n + 1) * most));

const UNITS = ["kB", "MB", "GB", "TB"];
export const size = (bytes) => {
  let value = bytes / 1000, unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) { value /= 1000; unit += 1; }
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`;
};

export const span = (seconds) => {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  return seconds < 3600 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
};
