// Adds to the form for uploads: files may be dropped anywhere on the page, what was chosen is listed beside what its .changes asks for, and one
// sees how much is sent. Without this script the form works as browsers send forms.
const form = document.querySelector('form[data-upload]');

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

const inWords = (bytes) => {
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1);
  const amount = bytes / 1024 ** power;
  return `${power === 0 || amount >= 100 ? Math.round(amount) : Math.round(amount * 10) / 10} ${units[power]}`;
};

const counted = (files) => `${files.length} ${files.length === 1 ? 'file' : 'files'}`;

const isChanges = ({ name }) => name.endsWith('.changes');

/** No `.changes` is that long. Bytes. */
const longest = 2 ** 20;

/** What the chosen `.changes` list: sizes by names. The daemon judges; this only spares a way to it and back. */
const listedIn = async (files) => {
  const texts = await Promise.all(
    files.filter((file) => isChanges(file) && file.size < longest).map((file) => file.text()),
  );
  const lines = texts.flatMap((text) => [...text.matchAll(/^ [0-9a-f]{64} +(\d+) +(\S+)$/gm)]);
  return new Map(lines.map(([, size, name]) => [name, Number(size)]));
};

const hint = (files, listed) => {
  if (files.length === 0) return '';
  if (!files.some(isChanges)) return 'There is no .changes among them: they wait an hour for it.';
  const missing = [...listed.keys()].filter((name) => !files.some((file) => file.name === name));
  return missing.length === 0 ? '' : `The .changes also lists ${missing.join(', ')}: to be here within an hour.`;
};

if (form) {
  const input = form.querySelector('input[type="file"]');
  const list = form.querySelector('.chosen');
  const bar = form.querySelector('progress');
  const sent = form.querySelector('.sent');
  const status = form.querySelector('[role="status"]');
  const [button, stop] = form.querySelectorAll('button');
  let underWay;

  /** For screen readers too, so it says stages and no figures. */
  const say = (text) => {
    if (status.textContent !== text) status.textContent = text;
  };

  const choose = (files) => {
    const all = new DataTransfer();
    for (const file of files) all.items.add(file);
    input.files = all.files;
    return show();
  };

  const itemOf = (file, listed) => {
    const item = Object.assign(document.createElement('li'), { className: 'file' });
    const remove = document.createElement('button');
    Object.assign(remove, { type: 'button', className: 'second', textContent: 'Remove' });
    remove.setAttribute('aria-label', `Remove ${file.name}`);
    remove.addEventListener('click', async () => {
      await choose([...input.files].filter(({ name }) => name !== file.name));
      input.focus();
    });
    const said = document.createElement('span');
    said.className = 'said';
    const expected = listed.get(file.name) ?? file.size;
    if (expected !== file.size) said.textContent = `the .changes says ${expected} bytes, it has ${file.size}`;
    item.dataset.name = file.name;
    item.append(`${file.name}, ${inWords(file.size)} `, said, ' ', remove);
    return item;
  };

  let shown = 0;
  const show = async () => {
    shown += 1;
    const mine = shown;
    const files = [...input.files];
    const listed = await listedIn(files);
    if (mine !== shown) return;
    list.replaceChildren(...files.map((file) => itemOf(file, listed)));
    say(hint(files, listed));
  };

  input.addEventListener('change', show);

  /** A file that misses the form would be opened in its place, and what was chosen be gone. */
  const hasFiles = ({ dataTransfer }) => dataTransfer?.types.includes('Files');
  for (const kind of ['dragenter', 'dragover'])
    document.addEventListener(kind, (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      form.classList.add('over');
    });
  document.addEventListener('dragleave', ({ relatedTarget }) => {
    if (relatedTarget === null) form.classList.remove('over');
  });
  document.addEventListener('drop', async (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    form.classList.remove('over');
    if (underWay) return;
    const all = new Map([...input.files, ...event.dataTransfer.files].map((file) => [file.name, file]));
    await choose([...all.values()]);
  });

  const begin = (request) => {
    underWay = request;
    bar.removeAttribute('value');
    bar.hidden = false;
    stop.hidden = false;
    button.disabled = true;
    say(`Uploading ${counted(input.files)} …`);
  };

  const ended = (text) => {
    underWay = undefined;
    bar.hidden = true;
    stop.hidden = true;
    sent.textContent = '';
    button.disabled = false;
    say(text);
  };

  const mark = ({ name, fact, remedy, sha256 }) => {
    const item = [...list.children].find(({ dataset }) => dataset.name === name);
    if (!item) return;
    item.className = `file ${sha256 ? 'taken' : 'refused'}`;
    item.querySelector('.said').textContent = sha256 ? 'received' : `not taken: ${fact} (${remedy})`;
  };

  const answered = ({ status: code, responseText }) => {
    let answer;
    try {
      answer = JSON.parse(responseText);
    } catch {
      return ended(`The server answered something else (${code}). Everything chosen is still here: upload again.`);
    }
    if (answer.rule) return ended(`${answer.fact} (${answer.remedy})`);
    for (const file of answer.files) mark(file);
    const refused = answer.files.filter(({ rule }) => rule);
    if (refused.length > 0)
      return ended(refused.map(({ name, fact, remedy }) => `${name}: ${fact} (${remedy})`).join('; '));
    if (answer.verdict) {
      ended('Received.');
      return location.assign(answer.verdict);
    }
    ended(`${counted(answer.files)} received; what is missing is to be here within an hour.`);
    showVerdicts(answer.files);
  };

  /** Of several uploads at once. */
  const showVerdicts = (files) => {
    for (const { name, verdict } of files) {
      const item = [...list.children].find(({ dataset }) => dataset.name === name);
      if (!item || !verdict) continue;
      const link = Object.assign(document.createElement('a'), { href: verdict, textContent: 'what becomes of it' });
      item.querySelector('.said').append(', ', link);
    }
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (underWay) return;
    const request = new XMLHttpRequest();
    request.open('POST', form.action);
    request.setRequestHeader('Accept', 'application/json');
    request.upload.addEventListener('progress', ({ loaded, total }) => {
      bar.max = total;
      bar.value = loaded;
      sent.textContent = `${inWords(loaded)} of ${inWords(total)}, ${Math.floor((100 * loaded) / total)} %`;
    });
    request.upload.addEventListener('load', () => say('Sent; being taken …'));
    request.addEventListener('load', () => answered(request));
    request.addEventListener('error', () =>
      ended('The connection broke. Everything chosen is still here: upload again.'),
    );
    request.addEventListener('abort', () => ended('Stopped. Everything chosen is still here.'));
    begin(request);
    request.send(new FormData(form));
  });

  stop.addEventListener('click', () => underWay?.abort());

  addEventListener('beforeunload', (event) => {
    if (underWay) event.preventDefault();
  });

  // What a browser kept while one looked elsewhere.
  await show();
}
