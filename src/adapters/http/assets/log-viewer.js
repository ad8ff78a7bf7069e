// Looks into a log of any length and follows it while it grows. The server cuts it into lines and knows where they are; here is only a
// window of them. Without this script the same controls lead to pages.
import { follow } from './listening.js';
import { logList } from './log-list.js';

const linesAtOnce = 300;
/** Characters of a line that are read out. */
const mostRead = 300;

const view = document.querySelector('[data-log]');
const { log: address, growing } = view.dataset;
const list = logList(view.querySelector('.log'), Number(view.dataset.first), Number(view.dataset.last));
const control = (name) => view.querySelector(`[data-do="${name}"]`);
const pauseButton = control('pause');
const state = view.querySelector('.log-state');
const field = view.querySelector('input[name=find]');

let known = Number(view.dataset.of);
let isGrowing = growing !== undefined;
let isFollowing = isGrowing && !/^#L\d+$/.test(location.hash);
let stopListening = () => {};

/** The line that one went to; none while the end is followed. */
let chosen;

/** `line`: what it says is read out, too; who sees the list sees it there. */
const say = (text, line) => {
  const read = line === undefined ? '' : `: ${list.text(line).slice(0, mostRead)}`;
  if (state.textContent === text + read) return;
  const aside = document.createElement('span');
  aside.className = 'visually-hidden';
  aside.textContent = read;
  state.replaceChildren(text, aside);
};

const sayWhere = () => {
  const lines = known.toLocaleString('en');
  const where = chosen === undefined ? `${lines} lines` : `Line ${chosen.toLocaleString('en')} of ${lines}`;
  if (!isGrowing) say(where, chosen);
  else say(isFollowing ? `${where}, following` : `${where}, paused`, chosen);
};

const asked = async (path) => {
  const answer = await fetch(`${address}/${path}`, { headers: { accept: 'application/json' } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
};

const part = (from) => asked(`lines?output=json${from === undefined ? '' : `&from=${from}`}`);

const learn = (window) => {
  known = Math.max(known, window.of);
  sayWhere();
};

/** One thing at a time, in the order in which the reader asked. */
let underWay = 0;
let before = Promise.resolve();
const inTurn = (work) => {
  underWay += 1;
  before = before
    .then(work)
    .catch(() => say('The log cannot be read now; try again'))
    .finally(() => {
      underWay -= 1;
    });
  return before;
};

/** What scrolling asks for while something else is under way is asked again by the next scroll. */
const whenIdle = async (work) => {
  if (underWay === 0) await inTurn(work);
};

const show = async (line) => {
  const window = await part(Math.max(1, line - linesAtOnce / 2));
  list.replace(window);
  learn(window);
  list.mark(line);
};

/** `where` says it when it is its turn: keys that are held down go on from where the one before led. */
const goTo = (where) =>
  inTurn(async () => {
    const line = where();
    setFollowing(false);
    chosen = line;
    if (line < list.first() || line > list.last()) await show(line);
    else list.mark(line);
    history.replaceState(null, '', `#L${line}`);
    sayWhere();
  });

const toEnd = async () => {
  const window = await part();
  list.replace(window);
  learn(window);
  list.toEnd();
};

const setFollowing = (wanted) => {
  isFollowing = wanted && isGrowing;
  if (wanted) chosen = undefined;
  pauseButton.textContent = isFollowing ? 'Pause' : 'Follow';
  sayWhere();
};

const takeNews = (window) => {
  learn(window);
  if (!isFollowing) return;
  if (window.first === list.last() + 1) list.append(window);
  else if (window.last > list.last()) list.replace(window);
  list.toEnd();
};

const ended = () => {
  stopListening();
  isGrowing = false;
  setFollowing(false);
  pauseButton.hidden = true;
  say('The build has ended');
  view.dispatchEvent(new CustomEvent('log-ended', { bubbles: true }));
};

const listen = () => {
  stopListening = follow(`${address}/live?after=${list.last()}`, {
    open: sayWhere,
    refused: () => say('Not live just now: as many look as this server allows. Tried again within a minute'),
    rests: () => say('Not live just now: other windows are'),
    message: (data) => takeNews(JSON.parse(data)),
    end: ended,
  });
};

const scrolled = () => {
  if (isFollowing && !list.isAtEnd()) setFollowing(false);
  if (list.isAtBeginning() && list.first() > 1)
    void whenIdle(async () => {
      const from = Math.max(1, list.first() - linesAtOnce);
      const window = await part(from);
      const count = list.first() - from;
      // What is asked for may overlap with what is there, and must meet it.
      if (window.last >= list.first() - 1) list.prepend(await exactly(window, count));
      learn(window);
    });
  else if (list.isAtEnd() && list.last() < known && !isFollowing)
    void whenIdle(async () => {
      const window = await part(list.last() + 1);
      if (window.first === list.last() + 1) list.append(window);
      learn(window);
    });
};

/** The first `count` lines of a window. */
const exactly = (window, count) => {
  const held = document.createElement('ol');
  held.innerHTML = window.html;
  while (held.children.length > count) held.lastElementChild.remove();
  return { html: held.innerHTML, first: window.first, last: window.first + count - 1 };
};

/** Asks on until it is found, the log is at its end, or something else is wanted: one look of the server is bounded. */
const find = (query, from) =>
  inTurn(async () => {
    setFollowing(false);
    say('Searching …');
    for (let line = from; ; ) {
      const { line: found, next } = await asked(`find?${query}&from=${line}`);
      if (found !== null) {
        if (found < list.first() || found > list.last()) await show(found);
        else list.mark(found);
        history.replaceState(null, '', `#L${found}`);
        chosen = found;
        say(`Found in line ${found.toLocaleString('en')}`, found);
        return;
      }
      if (underWay > 1) return say('Search given up');
      if (next === null) return say(from > 1 ? 'Nothing more below' : 'Nothing found');
      line = next;
    }
  });

let soughtLast = { text: '', line: 0 };
const findNext = async () => {
  const text = field.value.trim();
  if (text === '') return;
  const from = text === soughtLast.text ? soughtLast.line + 1 : 1;
  await find(`find=${encodeURIComponent(text)}`, from);
  const marked = list.element.querySelector('.marked');
  soughtLast = { text, line: marked === null ? 0 : Number(marked.id.slice(1)) };
};

const within = (line) => Math.max(1, Math.min(line, known));

const moves = {
  ArrowDown: (line) => line + 1,
  ArrowUp: (line) => line - 1,
  PageDown: (line) => line + 25,
  PageUp: (line) => line - 25,
  Home: () => 1,
  End: () => known,
};

const deeds = {
  error: () => find('error=first', 1),
  beginning: () => goTo(() => 1),
  end: () =>
    inTurn(async () => {
      await toEnd();
      setFollowing(true);
    }),
  pause: () => (isFollowing ? setFollowing(false) : deeds.end()),
};

for (const [name, deed] of Object.entries(deeds))
  control(name).addEventListener('click', (event) => {
    event.preventDefault();
    void deed();
  });
view.querySelector('form[role=search]').addEventListener('submit', (event) => {
  event.preventDefault();
  void findNext();
});
view.querySelector('form.go-to').addEventListener('submit', (event) => {
  event.preventDefault();
  const wanted = Number(event.target.elements.from.value);
  void goTo(() => within(wanted));
});
// In the list the keys move the line that is marked.
list.element.addEventListener('keydown', (event) => {
  const move = moves[event.key];
  if (move === undefined || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  void goTo(() => within(move(list.marked() ?? list.top())));
});
list.element.addEventListener('click', (event) => {
  const link = event.target.closest('a[href^="#L"]');
  if (link === null) return;
  event.preventDefault();
  void goTo(() => Number(link.hash.slice(2)));
});
list.element.addEventListener('scroll', scrolled, { passive: true });

const asLinked = () => {
  const [, line] = /^#L(\d{1,12})$/.exec(location.hash) ?? [];
  if (line !== undefined) void goTo(() => Number(line));
};
addEventListener('hashchange', asLinked);

if (isGrowing) pauseButton.hidden = false;
setFollowing(isFollowing);
list.toEnd();
asLinked();
if (isGrowing) listen();
