// Says while one types what is wrong with a declaration, and what it would change. The server knows the rules: what is typed is
// sent there, and what it says is shown. Without this script the same is said when the form is sent.
const form = document.querySelector('form[data-declare]');
const quietFor = 400;

const say = ({ faults, general, difference }) => {
  for (const place of document.querySelectorAll('[data-fault]')) {
    const text = faults[place.dataset.fault] ?? '';
    if (place.textContent !== text) place.textContent = text;
  }
  const places = { faults: general, difference };
  for (const [id, markup] of Object.entries(places)) {
    const place = document.getElementById(id);
    if (place && place.innerHTML !== markup) place.innerHTML = markup;
  }
};

if (form) {
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
  form.addEventListener('input', () => {
    // What was agreed to is not what stands here now.
    for (const button of form.querySelectorAll('button[value="apply"]')) button.disabled = true;
    clearTimeout(waiting);
    waiting = setTimeout(check, quietFor);
  });
}
