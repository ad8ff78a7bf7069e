// Keeps the parts of a page fresh. The server says which parts read otherwise and what they read now; who comes back
// says what they have, so nothing is missed. Without this script the page is
// as whole, only not live.
import { follow } from './listening.js';
import { morph } from './morph.js';
import { steadily } from './steady.js';

const main = document.querySelector('[data-live]');
const state = document.getElementById('live-state');

const say = (text) => {
  if (state) state.textContent = text;
};

/** What is to be read as soon as its reader lets go of it, by the name of its part. */
const waiting = new Map();

let isPressed = false;

/** Somebody chooses text in it to copy, or is about to click. */
const isInUse = (part) => {
  const chosen = getSelection();
  return isPressed || (chosen !== null && !chosen.isCollapsed && chosen.containsNode(part, true));
};

const freshen = () => {
  for (const [name, markup] of waiting) {
    const part = document.getElementById(name);
    if (part && isInUse(part)) continue;
    waiting.delete(name);
    if (!part) continue;
    // Who reads in the midst of it keeps the line they read: the browser holds on to what stays itself.
    const isReadInside = part.getBoundingClientRect().top < 0;
    steadily(part, () => morph(part, markup, isReadInside));
    document.dispatchEvent(new Event('parts-changed'));
    // There is more to see now than a part can become.
    if (part.querySelector('[data-look-again]')) location.reload();
  }
};

document.addEventListener('selectionchange', freshen);
addEventListener('pointerdown', () => {
  isPressed = true;
});
addEventListener('pointermove', ({ buttons }) => {
  if (buttons === 0) isPressed = false;
});
for (const kind of ['pointerup', 'pointercancel', 'dragend', 'blur'])
  addEventListener(kind, () => {
    isPressed = false;
    // A click comes after the pointer went up, and is meant for what was there.
    setTimeout(freshen);
  });

const listen = () =>
  follow(main.dataset.live, {
    open: () => say('Live'),
    lost: () => say('Reconnecting …'),
    refused: () =>
      say(
        'Not live just now: as many look as this server allows. Tried again within a minute; loading the page again shows what is new, or asks you to log in.',
      ),
    rests: () => say('Not live just now: other windows are. It goes on when you come back to this one.'),
    message: (data) => {
      for (const [name, markup] of Object.entries(JSON.parse(data))) waiting.set(name, markup);
      freshen();
    },
  });

if (main && 'EventSource' in window) listen();
