// Keeps the parts of a page fresh. The server says which parts read otherwise and what they read now; the browser
// reconnects by itself and hands back the version it has, so nothing is missed. Without this script the page is
// as whole, only not live.
const main = document.querySelector('[data-live]');
const state = document.getElementById('live-state');

const say = (text) => {
  if (state) state.textContent = text;
};

const foldsIn = (part) => [...part.querySelectorAll('details')];

/** Replaces a part, leaves open what its reader opened, and keeps the keyboard where it was: on the same link, when it is still there. */
const replace = (part, markup) => {
  const held = part.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
  const open = new Set(foldsIn(part).flatMap((fold, index) => (fold.open ? [index] : [])));
  part.innerHTML = markup;
  for (const [index, fold] of foldsIn(part).entries()) if (open.has(index)) fold.open = true;
  if (held === null) return;
  const same = [...part.querySelectorAll('a')].find((link) => link.getAttribute('href') === held);
  if (same) same.focus({ preventScroll: true });
};

/** A browser does not come again by itself to who refused it. Milliseconds, of which a part is another one for each reader. */
const comeAgain = () => 20_000 + Math.random() * 20_000;

const listen = () => {
  const source = new EventSource(main.dataset.live);
  source.addEventListener('open', () => say('Live'));
  source.addEventListener('error', () => {
    if (source.readyState !== EventSource.CLOSED) return say('Reconnecting …');
    say(
      'Not live just now: as many look as this server allows. Tried again within a minute; loading the page again shows what is new.',
    );
    setTimeout(listen, comeAgain());
  });
  source.addEventListener('message', (event) => {
    for (const [name, markup] of Object.entries(JSON.parse(event.data))) {
      const part = document.getElementById(name);
      if (part) replace(part, markup);
      // There is more to see now than a part can become.
      if (part?.querySelector('[data-look-again]')) location.reload();
    }
  });
};

if (main && 'EventSource' in window) listen();
