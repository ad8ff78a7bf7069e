// Keeps what one reads where it is while parts above it change. A part whose end is in view keeps its height: what it has more than that is
// reached by scrolling in it, until its reader turns to it, looks elsewhere, or has not moved for a while.

/** Milliseconds. */
const stillness = 60_000;

const held = new Set();

const letGo = (part) => {
  held.delete(part);
  part.classList.remove('held');
  part.style.height = '';
  if (part.dataset.reachable !== undefined) {
    part.removeAttribute('tabindex');
    delete part.dataset.reachable;
  }
};

const letAllGo = () => {
  for (const part of [...held]) letGo(part);
};

/** Where what comes after it begins; of a part that takes no room, where the next one is. */
const endOf = (part) => {
  let last = part;
  while (last && last.getClientRects().length === 0) last = last.nextElementSibling;
  if (!last) return Number.POSITIVE_INFINITY;
  const { top, bottom } = last.getBoundingClientRect();
  return last === part ? bottom : top;
};

/** Whether its reader would see something move. */
const endIsInView = (part) => endOf(part) > 0 && endOf(part) < innerHeight;

const heightOf = (part) => part.getBoundingClientRect().height;

const hold = (part, height) => {
  held.add(part);
  part.classList.add('held');
  part.style.height = `${height}px`;
  // The keyboard reaches what has to be scrolled.
  if (part.scrollHeight > part.clientHeight + 1 && !part.hasAttribute('tabindex')) {
    part.tabIndex = 0;
    part.dataset.reachable = '';
  }
};

/** Does `change` to the part, and lets nothing after it move. */
export const steadily = (part, change) => {
  const before = heightOf(part);
  const wasSeen = endIsInView(part);
  part.style.height = '';
  change();
  // What was below the window would come up into it, too.
  const isSeen = wasSeen || endIsInView(part);
  if (!isSeen || Math.abs(heightOf(part) - before) < 1) letGo(part);
  else hold(part, before);
};

for (const kind of ['click', 'focusin'])
  addEventListener(kind, ({ target }) => {
    for (const part of [...held]) if (part.contains(target) && target !== part) letGo(part);
  });

addEventListener(
  'scroll',
  () => {
    for (const part of [...held]) if (!endIsInView(part)) letGo(part);
  },
  { passive: true },
);

document.addEventListener('visibilitychange', () => {
  if (document.hidden) letAllGo();
});

let still = setTimeout(letAllGo, stillness);
for (const kind of ['pointermove', 'pointerdown', 'keydown', 'scroll', 'wheel', 'touchmove'])
  addEventListener(
    kind,
    () => {
      clearTimeout(still);
      still = setTimeout(letAllGo, stillness);
    },
    { passive: true },
  );
