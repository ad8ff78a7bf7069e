// What pages do better with a script, and do without one as well: fields say at once what is wrong with them and what
// may stand there, and lines to copy get a button.
import './draft.js';

/** Milliseconds without a key before a field is looked at. */
const rest = 250;

const explain = (input, fault) => {
  const place = document.getElementById(`${input.id}-fault`);
  const text = fault === null ? '' : `${fault.fact}: ${fault.remedy}`;
  if (place && place.textContent !== text) place.textContent = text;
  if (fault === null) input.removeAttribute('aria-invalid');
  else input.setAttribute('aria-invalid', 'true');
};

/** A list that is already open in front of its reader is not made anew without need. */
const offer = (input, known) => {
  let list = document.getElementById(`${input.id}-known`);
  if (!list) {
    if (known.length === 0) return;
    list = document.createElement('datalist');
    list.id = `${input.id}-known`;
    input.after(list);
    input.setAttribute('list', list.id);
  }
  const present = [...list.options].map(({ value }) => value);
  if (present.length === known.length && present.every((value, index) => value === known[index])) return;
  list.replaceChildren(...known.map((value) => Object.assign(document.createElement('option'), { value })));
};

/** What else the form says, but for long texts: it may tell which values are meant. */
const othersIn = ({ form, name }) =>
  Object.fromEntries(
    [...form.elements]
      .filter((each) => each.name && each.name !== name && each.type !== 'hidden' && each.tagName !== 'TEXTAREA')
      .map((each) => [each.name, each.value]),
  );

const check = async (url, input) => {
  const { value } = input;
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ argument: input.name, value, given: othersIn(input) }),
    });
    if (!answer.ok) return;
    const { fault, known } = await answer.json();
    // What was typed meanwhile is looked at by itself.
    if (input.value !== value) return;
    explain(input, fault);
    if (input.tagName === 'INPUT') offer(input, known);
  } catch {
    // Nobody answers: the form says the same when it is sent.
  }
};

for (const form of document.querySelectorAll('form[data-arguments]')) {
  const waiting = new Map();
  form.addEventListener('input', ({ target }) => {
    if (!target.name || target.type === 'checkbox' || target.type === 'hidden') return;
    clearTimeout(waiting.get(target));
    waiting.set(
      target,
      setTimeout(() => check(form.dataset.arguments, target), rest),
    );
  });
}

/** Browsers let pages write to the clipboard on this machine, or over HTTPS; elsewhere the text is chosen, and copied by the key for it. */
const copy = async (line) => {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(line.textContent);
    return 'Copied';
  }
  getSelection().selectAllChildren(line);
  return 'Chosen: copy it now';
};

const addCopyButton = (line) => {
  const beside = document.createElement('span');
  beside.dataset.added = '';
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'second copy';
  button.textContent = 'Copy';
  button.addEventListener('click', async () => {
    button.textContent = await copy(line);
    setTimeout(() => {
      button.textContent = 'Copy';
    }, 2000);
  });
  beside.append(' ', button);
  line.after(beside);
};

/** Also to what came while one looked. */
const addCopyButtons = () => {
  for (const line of document.querySelectorAll('[data-copy]'))
    if (line.nextElementSibling?.dataset.added === undefined) addCopyButton(line);
};
addCopyButtons();
document.addEventListener('parts-changed', addCopyButtons);
