// Makes a part of a page read otherwise and takes away as little as it can: nodes that stay alike stay, and so does what their reader did with
// them. What was unfolded or ticked belongs to what it says, wherever that stands by then.

/** What scripts of ours put beside what the server sent. */
const isAdded = (node) => node.nodeType === Node.ELEMENT_NODE && 'added' in node.dataset;

const isAlike = (one, other, byId) =>
  one.nodeType === other.nodeType && one.nodeName === other.nodeName && (!byId || (one.id ?? '') === (other.id ?? ''));

/** Theirs who read, not ours. */
const isReaders = (element, name) => name === 'open' && element.nodeName === 'DETAILS';

const alignAttributes = (held, wanted) => {
  for (const { name, value } of wanted.attributes)
    if (!isReaders(held, name) && held.getAttribute(name) !== value) held.setAttribute(name, value);
  for (const { name } of [...held.attributes])
    if (!isReaders(held, name) && !wanted.hasAttribute(name)) held.removeAttribute(name);
};

const align = (held, wanted, byId) => {
  if (held.isEqualNode(wanted)) return;
  if (held.nodeType !== Node.ELEMENT_NODE) {
    held.data = wanted.data;
    return;
  }
  alignAttributes(held, wanted);
  alignChildren(held, wanted, byId);
};

const alignChildren = (held, wanted, byId) => {
  let at = held.firstChild;
  const pass = () => {
    while (at && isAdded(at)) at = at.nextSibling;
  };
  for (const node of [...wanted.childNodes]) {
    pass();
    if (at && isAlike(at, node, byId)) {
      const next = at.nextSibling;
      align(at, node, byId);
      at = next;
    } else held.insertBefore(node, at);
  }
  for (pass(); at; pass()) {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  }
};

/** Where something stands, in words: in a table by the heads of its row and column, in a list by what its entry leads to. */
const whereabouts = (element) => {
  const cell = element.closest('td');
  if (cell) return [cell.parentElement.cells[0].textContent, cell.dataset.head];
  const entry = element.closest('li');
  return [entry?.id, entry?.querySelector('a')?.getAttribute('href')];
};

/** What something that can be unfolded, ticked or chosen by keyboard is, apart from the order it stands in. */
const meaning = (element) => {
  const own = ['id', 'href', 'formaction', 'name', 'value'].map((name) => element.getAttribute(name));
  if (element.nodeName !== 'DETAILS') return JSON.stringify([element.nodeName, ...own]);
  const isInTable = element.closest('td') !== null;
  return JSON.stringify([
    ...whereabouts(element),
    element.id,
    isInTable ? '' : element.querySelector('summary')?.textContent,
  ]);
};

const folds = (part) => [...part.querySelectorAll('details')];
const boxes = (part) => [...part.querySelectorAll('input[type="checkbox"], input[type="radio"]')];

const statesIn = (elements, stateOf) => elements.map((each) => ({ each, meant: meaning(each), state: stateOf(each) }));

/** How it was; of what is new, how the server wants it. */
const stateOf = (meant, before, wanted) =>
  [...before, ...wanted].find((known) => known.meant === meant)?.state ?? false;

/** The element of a kind that means the same, when there is one. */
const sameIn = (part, { nodeName }, meant) =>
  [...part.querySelectorAll(nodeName)].find((each) => meaning(each) === meant);

/** `markup` is the server's. `byId`: what has an id stays itself where others come before it, so that a browser keeps it in view. */
export const morph = (part, markup, byId) => {
  const wanted = document.createElement('template');
  wanted.innerHTML = markup;
  const [isOpen, isTicked] = [({ open }) => open, ({ checked }) => checked];
  const [foldsBefore, boxesBefore] = [statesIn(folds(part), isOpen), statesIn(boxes(part), isTicked)];
  const [foldsWanted, boxesWanted] = [
    statesIn(folds(wanted.content), isOpen),
    statesIn(boxes(wanted.content), isTicked),
  ];
  const focused = part.contains(document.activeElement) ? document.activeElement : undefined;
  const meant = focused && meaning(focused);

  alignChildren(part, wanted.content, byId);

  const stays = new Set(foldsWanted.map((each) => each.meant));
  for (const each of folds(part)) {
    // What says something else by now and is nowhere else is what it was.
    const same = foldsBefore.find((known) => known.each === each && !stays.has(known.meant));
    each.open =
      foldsBefore.every((known) => known.meant !== meaning(each)) && same
        ? same.state
        : stateOf(meaning(each), foldsBefore, foldsWanted);
  }
  // A tick is never anything else's.
  for (const each of boxes(part)) each.checked = stateOf(meaning(each), boxesBefore, boxesWanted);
  if (focused === undefined || (part.contains(focused) && meaning(focused) === meant)) return;
  const same = sameIn(part, focused, meant);
  if (same) same.focus({ preventScroll: true });
  else if (!part.contains(focused)) {
    // What it was is gone: the next key goes on from here, not from the top of the page.
    part.tabIndex = -1;
    part.focus({ preventScroll: true });
  }
};
