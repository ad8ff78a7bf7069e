// Adds to the form for uploads: files may be dropped on it, what was chosen is listed, and it says how much is sent. Without this
// script the form works as browsers send forms.
const form = document.querySelector('[data-upload]');

if (form) {
  const input = form.querySelector('input[type="file"]');
  const list = form.querySelector('.chosen');
  const bar = form.querySelector('progress');
  const status = form.querySelector('[role="status"]');
  const button = form.querySelector('button');

  const show = () => {
    list.replaceChildren(
      ...[...input.files].map((file) => {
        const item = document.createElement('li');
        item.textContent = `${file.name}, ${file.size} bytes`;
        return item;
      }),
    );
    const hasChanges = [...input.files].some((file) => file.name.endsWith('.changes'));
    status.textContent = input.files.length === 0 || hasChanges ? '' : 'There is no .changes among them.';
  };

  /** What was dropped goes to what is there. */
  const add = (files) => {
    const all = new DataTransfer();
    for (const file of [...input.files, ...files]) all.items.add(file);
    input.files = all.files;
    show();
  };

  input.addEventListener('change', show);
  for (const kind of ['dragenter', 'dragover'])
    form.addEventListener(kind, (event) => {
      event.preventDefault();
      form.classList.add('over');
    });
  form.addEventListener('dragleave', () => form.classList.remove('over'));
  form.addEventListener('drop', (event) => {
    event.preventDefault();
    form.classList.remove('over');
    add(event.dataTransfer.files);
  });

  const ended = (text) => {
    bar.hidden = true;
    button.disabled = false;
    status.textContent = text;
  };

  const answered = (request) => {
    let said;
    try {
      said = JSON.parse(request.responseText);
    } catch {
      return ended('The server answered something else. Try again.');
    }
    const refused = (said.files ?? [said]).filter(({ rule }) => rule);
    if (refused.length > 0)
      return ended(refused.map(({ name, fact, remedy }) => `${name ? `${name}: ` : ''}${fact} (${remedy})`).join('; '));
    if (said.verdict) return location.assign(said.verdict);
    ended(`${said.files.length} files are received; upload the rest within an hour.`);
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const request = new XMLHttpRequest();
    request.open('POST', form.action);
    request.setRequestHeader('Accept', 'application/json');
    request.upload.addEventListener('progress', ({ loaded, total }) => {
      bar.max = total;
      bar.value = loaded;
      status.textContent = loaded < total ? `${Math.floor((100 * loaded) / total)} %` : 'Sent; being taken …';
    });
    request.addEventListener('load', () => answered(request));
    request.addEventListener('error', () => ended('The connection broke. Try again.'));
    bar.hidden = false;
    button.disabled = true;
    request.send(new FormData(form));
  });
}
