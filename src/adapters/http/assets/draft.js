// Keeps what is typed into a form until it is sent, so that loading its page again loses nothing. It stays in this tab and ends with it; passwords
// and what is private are never kept. Without this script forms are as they were.

const prefix = 'mini-buildd draft ';

/** Milliseconds without a key before it is written down. */
const rest = 200;

/** Where this page is, as drafts call it. */
const here = location.pathname + location.search;

/** Who is logged in; nobody: ''. */
const reader = document.querySelector('a.reader')?.lastChild.textContent ?? '';

const keyOf = (form) => `${prefix}${here} ${form.dataset.draft}`;

const draftAt = (key) => {
  try {
    return JSON.parse(sessionStorage.getItem(key)) ?? undefined;
  } catch {
    return undefined;
  }
};

const drop = (key) => {
  try {
    sessionStorage.removeItem(key);
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
};

const keep = (key, draft) => {
  try {
    sessionStorage.setItem(key, JSON.stringify(draft));
  } catch {
    // There is no room, or keeping is not allowed: better none than one of before.
    drop(key);
  }
};

const allKeys = () => {
  try {
    return Object.keys(sessionStorage).filter((key) => key.startsWith(prefix));
  } catch {
    return [];
  }
};

const isTick = ({ type }) => type === 'checkbox' || type === 'radio';

const unkept = new Set(['hidden', 'password', 'file', 'submit', 'button', 'reset', 'image', 'fieldset', 'output']);

/** What is agreed to has to be agreed to again; nobody types into what is folded into one line. */
const isKept = ({ name, type, hidden, dataset }) =>
  Boolean(name) && name !== '_force' && !unkept.has(type) && !hidden && dataset.private === undefined;

/** Fields of a form by what tells them apart. */
const fieldsOf = (form) => {
  const fields = new Map();
  for (const field of form.elements) {
    if (!isKept(field)) continue;
    const name = isTick(field) ? `${field.name}=${field.value}` : field.name;
    let key = name;
    for (let nth = 2; fields.has(key); nth += 1) key = `${name} ${nth}`;
    fields.set(key, field);
  }
  return fields;
};

const stateOf = (field) => (isTick(field) ? String(field.checked) : field.value);

/** As the server wrote it. */
const writtenIn = (field) => {
  if (isTick(field)) return String(field.defaultChecked);
  if (field.tagName !== 'SELECT') return field.defaultValue;
  return ([...field.options].find(({ defaultSelected }) => defaultSelected) ?? field.options[0])?.value ?? '';
};

const put = (field, state) => {
  if (isTick(field)) field.checked = state === 'true';
  else field.value = state;
  // What looks at fields while one types looks at this one, too.
  field.dispatchEvent(new Event('input', { bubbles: true }));
};

/** Somebody may take it for the public one. */
const isSecret = (state) => /PRIVATE KEY/.test(state);

/** What stands otherwise than the server wrote it, as `[written, typed]`. */
const typedIn = (form) =>
  Object.fromEntries(
    [...fieldsOf(form)]
      .map(([key, field]) => [key, [writtenIn(field), stateOf(field)]])
      .filter(([, [written, typed]]) => written !== typed && !isSecret(typed)),
  );

/** Of forms, what could not be put in, or came back by itself and is taken by nobody: it is still what somebody typed. */
const left = new WeakMap();

const save = (form) => {
  const fields = { ...left.get(form), ...typedIn(form) };
  if (Object.keys(fields).length === 0) drop(keyOf(form));
  else keep(keyOf(form), { who: reader, fields });
};

const nameOf = (field, key) =>
  (field?.labels?.[0]?.textContent ?? field?.getAttribute('aria-label') ?? key).trim().replace(/\s+/g, ' ');

const unfold = (field) => {
  for (let fold = field.closest('details'); fold; fold = fold.parentElement.closest('details')) fold.open = true;
};

const isSame = (one, other) => one.trim() === other.trim();

/** What goes along with a row that is folded into one line, of what a field of that row would hold; nothing where it is in no such row. */
const heldFor = (form, key) => {
  const row = [...form.querySelectorAll('p.row[id]')].find(({ id }) => key.startsWith(`${id}.`));
  if (row === undefined) return undefined;
  const [name, tick] = key.split(/=(.*)/s);
  const values = [...row.querySelectorAll('[name]')].filter((each) => each.name === name).map(({ value }) => value);
  return tick === undefined ? values.join('\n') : String(values.includes(tick));
};

const mayHold = (field, state) => field.tagName !== 'SELECT' || [...field.options].some(({ value }) => value === state);

/**
 * Of a draft, what may be put in, what may be once its row is opened, and what somebody else changed since it was typed. What the server has by
 * now is settled.
 */
const sorted = (form, { fields }) => {
  const there = fieldsOf(form);
  const open = Object.entries(fields)
    .map(([key, [written, typed]]) => {
      const field = there.get(key);
      return { key, field, now: field === undefined ? heldFor(form, key) : writtenIn(field), written, typed };
    })
    .filter(({ now, typed }) => now === undefined || !isSame(now, typed));
  const isAsItWas = ({ now, written }) => now !== undefined && isSame(now, written);
  const sortOf = (each) => {
    if (!isAsItWas(each)) return 'changed';
    if (each.field === undefined) return 'folded';
    return mayHold(each.field, each.typed) ? 'free' : 'changed';
  };
  return { free: [], folded: [], changed: [], ...Object.groupBy(open, sortOf) };
};

const element = (tag, properties, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};

const button = (text, press) => {
  const made = element('button', { type: 'button', className: 'second small', textContent: text });
  made.addEventListener('click', press);
  return made;
};

const inWords = ({ field, key, typed }) => {
  if (field === undefined || !isTick(field)) return `${nameOf(field, key)}: ${typed}`;
  return `${nameOf(field, key)}: ${typed === 'true' ? 'ticked' : 'not ticked'}`;
};

const wasTyped = (some) =>
  element(
    'details',
    {},
    element('summary', { textContent: 'What you had typed there' }),
    element('pre', { className: 'answer', tabIndex: 0, textContent: some.map(inWords).join('\n') }),
  );

const namesOf = (some) => some.map(({ field, key }) => nameOf(field, key)).join(', ');

const goOnIn = (form) => [...fieldsOf(form).values()].find((field) => field.getClientRects().length > 0)?.focus();

const fill = (some) => {
  for (const { field, typed } of some) {
    unfold(field);
    put(field, typed);
  }
};

const discard = (form, notice) => {
  for (const field of fieldsOf(form).values()) if (stateOf(field) !== writtenIn(field)) put(field, writtenIn(field));
  left.delete(form);
  drop(keyOf(form));
  notice.remove();
  goOnIn(form);
};

/** Says what became of the draft, and how to be rid of it. */
const tell = (form, { free, folded, changed }) => {
  const notice = element('div', { className: 'notice draft' });
  notice.setAttribute('role', 'status');
  notice.dataset.added = '';
  const says = (text) => notice.append(element('p', {}, element('strong', { textContent: text })));
  if (free.length > 0) says('What you typed before is here again.');
  if (folded.length > 0) says(`Put in again once “Change” opens its part of the form: ${namesOf(folded)}.`);
  if (changed.length > 0) says(`Not put in again, for the form reads otherwise by now: ${namesOf(changed)}.`);
  const absent = [...folded, ...changed];
  if (absent.length > 0) notice.append(wasTyped(absent));
  const lacking = changed.filter(({ field, typed }) => field !== undefined && mayHold(field, typed));
  const ways = element(
    'p',
    {},
    button('Discard', () => discard(form, notice)),
  );
  const takeMine = button('Put in what I typed', () => {
    fill(lacking);
    for (const { key } of lacking) delete left.get(form)[key];
    takeMine.remove();
    lacking[0]?.field.focus();
  });
  if (lacking.length > 0) ways.append(' ', takeMine);
  notice.append(ways);
  form.prepend(notice);
};

/** Of somebody else it is none of this reader's business; of who is logged out it waits for them. */
const isOurs = ({ who }) => who === '' || who === reader;

const isOf = (some, name) => some.some(({ key }) => key === name);

const restore = (form) => {
  const key = keyOf(form);
  const draft = draftAt(key);
  if (draft === undefined) return;
  if (!isOurs(draft)) return reader === '' ? undefined : drop(key);
  const found = sorted(form, draft);
  const { free, folded, changed } = found;
  const absent = [...folded, ...changed];
  const isSettled = free.length + absent.length === 0;
  if (isSettled && !draft.goesOn) return drop(key);
  const isLeft = (name) => (draft.goesOn ? !isOf(free, name) : isOf(absent, name));
  left.set(form, Object.fromEntries(Object.entries(draft.fields).filter(([name]) => isLeft(name))));
  if (!isSettled) tell(form, found);
  fill(free);
  // Some browsers fill in by themselves what stood there before, over what is new.
  for (const { field } of changed) if (field && stateOf(field) !== writtenIn(field)) put(field, writtenIn(field));
  keep(key, { who: reader, fields: draft.fields });
};

/** A text that is too long for a page comes by itself, and is what a draft begins from. */
const isAwaited = (form) => [...form.querySelectorAll('[data-text-from]')].some(({ value }) => value === '');

const watch = (form) => {
  let waiting;
  const saveNow = () => {
    clearTimeout(waiting);
    if (waiting !== undefined) save(form);
    waiting = undefined;
  };
  for (const kind of ['input', 'change'])
    form.addEventListener(kind, ({ target }) => {
      if (!isKept(target)) return;
      clearTimeout(waiting);
      waiting = setTimeout(saveNow, rest);
    });
  addEventListener('pagehide', saveNow);
  document.addEventListener('visibilitychange', saveNow);
  return saveNow;
};

const unsent = ({ who, fields }) => ({ who, fields });

/** What was sent is gone when an answer to it is here that is no refusal: a server may be away, and a session over. */
const forgetSent = () => {
  const [{ type, responseStatus = 200 } = {}] = performance.getEntriesByType('navigation');
  if (type === 'back_forward') return;
  const from = URL.canParse(document.referrer) ? new URL(document.referrer) : undefined;
  for (const key of allKeys()) {
    const draft = draftAt(key);
    const sent = draft?.sent;
    if (sent === undefined) continue;
    if (responseStatus >= 400) {
      // Behind a login it is sent once more: then it counts where that leads. Else nobody took it, wherever one goes from here.
      if (responseStatus !== 401 && sent.to === location.pathname) keep(key, { ...unsent(draft), goesOn: true });
      continue;
    }
    const [path] = sent.from.split('?');
    if (from?.pathname === path || (sent.to !== path && sent.to === location.pathname)) drop(key);
  }
};

const begin = () => {
  forgetSent();
  for (const form of document.querySelectorAll('form[data-draft]')) {
    const saveNow = watch(form);
    if (isAwaited(form)) form.addEventListener('text-came', () => restore(form), { once: true });
    else restore(form);
    form.addEventListener('submit', ({ defaultPrevented, submitter }) => {
      if (defaultPrevented) return;
      saveNow();
      const draft = draftAt(keyOf(form));
      if (draft === undefined) return;
      // Who opens another part of a form goes on typing: what comes back is what they typed, and nobody took it yet.
      if (submitter?.name === '_open') return keep(keyOf(form), { ...unsent(draft), goesOn: true });
      // Not `form.action`: a field of that name would be it.
      const sent = { from: here, to: new URL(form.getAttribute('action') ?? '', location.href).pathname };
      keep(keyOf(form), { ...draft, sent });
    });
  }
};

// Whoever comes next to this window starts from nothing.
document.addEventListener('submit', ({ target }) => {
  if (target.matches('form[action^="/mini_buildd/logout"]')) for (const key of allKeys()) drop(key);
});

// Other scripts of the page listen to its fields by then.
if (document.readyState === 'complete') begin();
else addEventListener('DOMContentLoaded', begin);
