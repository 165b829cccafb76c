/* HTML that takes the place of other HTML: only what differs between the two is touched, so that
   focus, an opened part and what scripts have written stay where they are. */

const patch = (live, before, after) => {
  if (before.isEqualNode(after)) return;
  if (before.nodeName !== after.nodeName || live.nodeName !== after.nodeName) {
    live.replaceWith(after.cloneNode(true));
    return;
  }
  if (after.nodeType !== Node.ELEMENT_NODE) {
    live.nodeValue = after.nodeValue;
    return;
  }
  for (const { name, value } of after.attributes) if (before.getAttribute(name) !== value) live.setAttribute(name, value);
  for (const { name } of before.attributes) if (!after.hasAttribute(name)) live.removeAttribute(name);
  patchChildren(live, before, after);
};

/* `live` shows `before`, apart from what scripts have done to it, and is to show `after`. */
export const patchChildren = (live, before, after) => {
  const there = [...live.childNodes], old = [...before.childNodes], fresh = [...after.childNodes];
  if (!old.length && !fresh.length) return;
  if (there.length !== old.length) {
    if (!before.isEqualNode(after)) live.replaceChildren(...fresh.map((node) => node.cloneNode(true)));
    return;
  }
  fresh.forEach((node, place) => {
    if (place < old.length) patch(there[place], old[place], node);
    else live.append(node.cloneNode(true));
  });
  there.slice(fresh.length).forEach((node) => node.remove());
};
