// Says while one types what is wrong with a declaration, and what it would change. The server knows the rules: what is typed is
// sent there, and what it says is shown. Without this script the same is said when the form is sent.
const form = document.querySelector('form[data-declare]');
const quietFor = 400;

/** What each place was told last: what stands the same is left alone, with what was ticked in it. */
const told = new Map();

const say = ({ faults, parts }) => {
  for (const place of document.querySelectorAll('[data-fault]')) {
    const text = faults[place.dataset.fault] ?? '';
    if (place.textContent !== text) place.textContent = text;
    const input = document.getElementById(place.dataset.fault);
    if (text === '') input?.removeAttribute('aria-invalid');
    else input?.setAttribute('aria-invalid', 'true');
  }
  for (const [id, markup] of Object.entries(parts)) {
    const place = document.getElementById(id);
    if (place && told.get(id) !== markup) place.innerHTML = markup;
    told.set(id, markup);
  }
  letApply(true);
};

/** What was agreed to is not what stands here now. */
const letApply = (isKnown) => {
  for (const button of form.querySelectorAll('button[value="apply"]')) button.disabled = !isKnown;
};

/** What is too long for a page comes by itself, unless somebody began to type. */
const fetchText = async (field) => {
  const answer = await fetch(field.dataset.textFrom);
  const text = await answer.text();
  if (!answer.ok || field.value !== '') return;
  field.defaultValue = `${field.dataset.textBefore}\n${text}`;
  field.value = field.defaultValue;
  field.dispatchEvent(new Event('text-came', { bubbles: true }));
  document.querySelector('[data-once-fetched]')?.remove();
};

if (form) {
  const long = form.querySelector('[data-text-from]');
  // Who is not given it is told on the page how to do without.
  if (long) fetchText(long).catch(() => undefined);
  let waiting;
  let sent = 0;
  const check = async () => {
    sent += 1;
    const mine = sent;
    try {
      const answer = await fetch(form.dataset.declare, {
        method: 'POST',
        headers: { 'X-Mini-Buildd': '1' },
        body: new URLSearchParams(new FormData(form)),
      });
      if (answer.ok && mine === sent) say(await answer.json());
    } catch {
      // Nobody answers: what is wrong is said when the form is sent.
    }
  };
  form.addEventListener('input', ({ target }) => {
    // That it is meant so is part of what is agreed to.
    if (target.name === '_force') return;
    letApply(false);
    // An answer to what stood here before counts no more.
    sent += 1;
    clearTimeout(waiting);
    waiting = setTimeout(check, quietFor);
  });
}
