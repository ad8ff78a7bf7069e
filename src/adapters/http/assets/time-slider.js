// While the slider over a repository's publications is moved, it says when the chosen one was; let go, it goes there. Without this
// script it is a slider with a button.
const form = document.querySelector('form[data-publications]');
const slider = form?.querySelector('input[type="range"]');
const said = form?.querySelector('output');
let asked = 0;

/** The answer to an older question is not said. */
const say = async () => {
  const nth = slider.value;
  asked += 1;
  const mine = asked;
  said.textContent = `${nth} of ${slider.max}`;
  const answer = await fetch(`${form.dataset.publications}?nth=${nth}`).catch(() => undefined);
  if (answer?.ok !== true) return;
  const { at } = await answer.json();
  if (mine === asked) said.textContent = `${nth} of ${slider.max}, ${at.slice(0, 19).replace('T', ' ')} UTC`;
};

let pause;
slider?.addEventListener('input', () => {
  said.textContent = `${slider.value} of ${slider.max}`;
  clearTimeout(pause);
  pause = setTimeout(say, 100);
});

// Keys move it step by step: only a pointer that lets go has chosen.
slider?.addEventListener('pointerup', () => {
  if (slider.value !== slider.defaultValue) form.requestSubmit();
});
