// Keeps what one uses where it is while parts above it change. A part that grew shows no more than before for as long as something below it
// is used, and says so; then it makes room, so slowly that nothing jumps. One that shrank leaves its room in the same way.

/** Milliseconds for which what a pointer moved over is used. */
const patience = 5000;
/** Milliseconds between looks at whether it still is. */
const glance = 250;
/** Pixels in a frame: what moves less than three is no jump (Layout Instability API). */
const pace = 2;

const stillReaders = matchMedia('(prefers-reduced-motion: reduce)');

/** How many pixels of each part are not shown yet; below 0, how many it leaves free. `since`: when it began to be so. */
const held = new Map();

const letGo = (part) => {
  if (!held.delete(part)) return;
  part.classList.remove('held');
  for (const name of ['--hidden', 'margin-bottom', 'padding-bottom']) part.style.removeProperty(name);
  const more = part.querySelector(':scope > .more');
  const wasThere = document.activeElement === more;
  more?.remove();
  if (!wasThere) return;
  // The next key goes on with what came, not from the top of the page.
  part.tabIndex = -1;
  part.focus({ preventScroll: true });
};

const letAllGo = () => {
  for (const part of [...held.keys()]) letGo(part);
};

const hiddenOf = (part) => held.get(part)?.hidden ?? 0;

/** Room is left free at the end of a part; an empty one has none, and leaves it below. */
const isFreeInside = (part, hidden) => hidden < 0 && part.childNodes.length > 0;

/** Where what comes after it begins; of a part that takes no room, where the next one is. */
const endOf = (part) => {
  let last = part;
  while (last && last.getClientRects().length === 0) last = last.nextElementSibling;
  if (!last) return Number.POSITIVE_INFINITY;
  const { top, bottom } = last.getBoundingClientRect();
  if (last !== part) return top;
  return isFreeInside(part, hiddenOf(part)) ? bottom : bottom - hiddenOf(part);
};

/** Whether its reader would see something move. */
const endIsInView = (part) => endOf(part) > 0 && endOf(part) < innerHeight;

const takesRoom = (part) => part.getClientRects().length > 0;

/** Of a part as its own style has it. */
const endsOf = (part) => {
  const { marginBottom, paddingBottom } = getComputedStyle(part);
  return { margin: Number.parseFloat(marginBottom) || 0, padding: Number.parseFloat(paddingBottom) || 0 };
};

/** What stands after it on the page, not beside it. */
const followerOf = (part) => {
  const end = endOf(part);
  for (let at = part; at; at = at.parentElement)
    for (let next = at.nextElementSibling; next; next = next.nextElementSibling)
      if (takesRoom(next) && next.getBoundingClientRect().top > end - 1) return next;
  return undefined;
};
const yOf = (place) => place?.getBoundingClientRect().top ?? 0;

const isBelow = (part, node) => {
  const place = node?.nodeType === Node.ELEMENT_NODE ? node : node?.parentElement;
  if (!place?.isConnected || part.contains(place)) return false;
  const isAfter = part.compareDocumentPosition(place) & Node.DOCUMENT_POSITION_FOLLOWING;
  return isAfter !== 0 && place.getBoundingClientRect().top > endOf(part) - 1;
};

/** Where a pointer was moved last, and when. */
let pointed;

/** Who is about to press its button decides. */
const isUsedBelow = (part) => {
  const { activeElement } = document;
  const chosen = getSelection();
  return (
    activeElement?.matches('.more') === true ||
    isBelow(part, activeElement) ||
    (chosen !== null && !chosen.isCollapsed && isBelow(part, chosen.anchorNode)) ||
    (pointed !== undefined && performance.now() - pointed.at < patience && isBelow(part, pointed.target))
  );
};

/** What stands below most pages and is not read on the way. */
const asides = '.same, script, [hidden]';

const isRead = (part, place) => {
  const { top, height } = place.getBoundingClientRect();
  return height > 0 && top < innerHeight && top > endOf(part) - 1 && !place.matches(asides);
};

/** Whether there is anything in view that growing would push down, but for the footer and "The same elsewhere". */
const isAnythingBelow = (part) => {
  for (let at = part; at && at.id !== 'main'; at = at.parentElement)
    for (let next = at.nextElementSibling; next; next = next.nextElementSibling) if (isRead(part, next)) return true;
  return false;
};

/** Who wants nothing to glide has what changes put together, at least. */
const mayMove = (part) => {
  if (isUsedBelow(part)) return false;
  return !stillReaders.matches || !isAnythingBelow(part) || performance.now() - held.get(part).since > patience;
};

/** Pixels that are worth a button, and those that have to be shown to see it. */
const leastHidden = 12;
const leastShown = 48;

const offerMore = (part) => {
  const hidden = hiddenOf(part);
  const isWanted = hidden > leastHidden && part.getBoundingClientRect().height - hidden >= leastShown;
  const more = part.querySelector(':scope > .more');
  if (!isWanted) return more?.remove();
  if (more) return;
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'more small';
  button.dataset.added = '';
  button.innerHTML = 'More <span aria-hidden="true">↓</span>';
  button.addEventListener('click', () => letGo(part));
  part.prepend(button);
};

/** Of room that is left free, what ends below the window needs not be. */
const inView = (part, free) =>
  takesRoom(part) ? Math.max(0, Math.min(free, innerHeight - part.getBoundingClientRect().bottom - 1)) : free;

/** Its own style is not in the way when this is called. */
const hold = (part, grown) => {
  const since = held.get(part)?.since ?? performance.now();
  const hidden = grown < 0 ? -inView(part, -grown) : grown;
  held.set(part, { hidden, ...(takesRoom(part) ? endsOf(part) : { margin: 0, padding: 0 }), since });
  part.classList.add('held');
  show(part);
  offerMore(part);
};

const show = (part) => {
  const { hidden, margin, padding } = held.get(part);
  const isFree = isFreeInside(part, hidden);
  part.style.setProperty('--hidden', `${Math.max(0, hidden)}px`);
  part.style.paddingBottom = isFree ? `${padding - hidden}px` : '';
  part.style.marginBottom = isFree ? '' : `${margin - hidden}px`;
};

/** One step for one part: two at once would move twice as fast what is below both. */
const moveOn = (part) => {
  const one = held.get(part);
  if (stillReaders.matches || Math.abs(one.hidden) <= pace || !endIsInView(part)) return letGo(part);
  one.hidden -= Math.sign(one.hidden) * pace;
  show(part);
};

let isLooking = false;

/** In a frame of its own: two steps in one would be seen as one. */
const look = () => {
  const next = [...held.keys()].find((part) => !part.isConnected || mayMove(part));
  if (next) moveOn(next);
  isLooking = held.size > 0;
  if (!isLooking) return;
  if (next) requestAnimationFrame(look);
  else setTimeout(() => requestAnimationFrame(look), glance);
};

/** What stands first in the window, when that is in the midst of a part. */
const firstSeenIn = (part) => {
  const { top, left, width } = part.getBoundingClientRect();
  const first = top < 0 ? document.elementFromPoint(left + width / 2, 4) : null;
  return part.contains(first) && first !== part ? first : null;
};

/** Does `change` to the part, and lets nothing after it jump. */
export const steadily = (part, change) => {
  const wasSeen = endIsInView(part);
  const [seenFirst, follower] = [firstSeenIn(part), followerOf(part)];
  const [firstWasAt, followerWasAt] = [yOf(seenFirst), yOf(follower)];
  for (const name of ['margin-bottom', 'padding-bottom']) part.style.removeProperty(name);
  change();
  const more = yOf(follower) - followerWasAt;
  const isSeen = wasSeen || endIsInView(part);
  // What grew above what is read is scrolled past by the browser.
  const isPushed = seenFirst?.isConnected && Math.abs(yOf(seenFirst) - firstWasAt) >= 1;
  if (!isSeen || isPushed || Math.abs(more) < 1) return letGo(part);
  hold(part, more);
  if (isLooking) return;
  isLooking = true;
  requestAnimationFrame(look);
};

for (const kind of ['click', 'focusin'])
  addEventListener(kind, ({ target }) => {
    for (const part of [...held.keys()])
      if (part.contains(target) && target !== part && !target.closest?.('.more')) letGo(part);
  });

addEventListener(
  'scroll',
  () => {
    for (const part of [...held.keys()]) if (!endIsInView(part)) letGo(part);
  },
  { passive: true },
);

document.addEventListener('visibilitychange', () => {
  if (document.hidden) letAllGo();
});

for (const kind of ['pointermove', 'pointerdown'])
  addEventListener(
    kind,
    ({ target, clientX: x, clientY: y }) => {
      // A browser tells of a pointer that lies still, too, when something came below it.
      if (pointed?.x !== x || pointed?.y !== y) pointed = { target, x, y, at: performance.now() };
    },
    { passive: true },
  );
