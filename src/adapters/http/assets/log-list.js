// The lines of a log that are in the page: a window that moves over the log. It holds no more than so many lines, however long the log is,
// and what is in view stays where it is while lines come and go above it.
const mostLines = 1500;

export const logList = (list, firstShown, lastShown) => {
  let first = firstShown;
  let last = lastShown;

  const keepInView = (change) => {
    const fromBottom = list.scrollHeight - list.scrollTop;
    change();
    list.scrollTop = list.scrollHeight - fromBottom;
  };

  /** The keys go on in the list when the line goes that they were on. */
  const keepFocus = (change) => {
    const held = document.activeElement;
    const isOurs = list.contains(held);
    change();
    if (isOurs && !list.contains(held)) list.focus({ preventScroll: true });
  };

  const drop = (from, to) => {
    const range = document.createRange();
    range.setStartBefore(list.children[from]);
    range.setEndAfter(list.children[to]);
    keepFocus(() => range.deleteContents());
  };

  const dropFirst = (count) => {
    drop(0, count - 1);
    first += count;
  };

  const dropLast = (count) => {
    const { length } = list.children;
    drop(length - count, length - 1);
    last -= count;
  };

  return {
    element: list,
    first: () => first,
    last: () => last,
    isAtEnd: () => list.scrollHeight - list.scrollTop - list.clientHeight < 30,
    isAtBeginning: () => list.scrollTop < 200,
    toEnd: () => {
      list.scrollTop = list.scrollHeight;
    },
    /** Nothing but these lines. */
    replace: (part) => {
      keepFocus(() => {
        list.innerHTML = part.html;
      });
      [first, last] = [part.first, part.last];
    },
    /** Lines that follow those that are there. */
    append: (part) => {
      const top = list.scrollTop;
      list.insertAdjacentHTML('beforeend', part.html);
      last = part.last;
      const over = last - first + 1 - mostLines;
      if (over > 0) {
        const height = list.scrollHeight;
        dropFirst(over);
        list.scrollTop = Math.max(0, top - (height - list.scrollHeight));
      }
    },
    /** Lines that come before those that are there. */
    prepend: (part) => {
      keepInView(() => {
        list.insertAdjacentHTML('afterbegin', part.html);
        first = part.first;
      });
      const over = last - first + 1 - mostLines;
      if (over > 0) dropLast(over);
    },
    /** The line that is marked, while it is in view. */
    marked: () => {
      const found = list.querySelector('.marked');
      if (found === null) return undefined;
      const [line, seen] = [found, list].map((each) => each.getBoundingClientRect());
      return line.bottom > seen.top && line.top < seen.bottom ? Number(found.id.slice(1)) : undefined;
    },
    /** What a line says, without its number, when it is there. */
    text: (line) => {
      const [, ...says] = document.getElementById(`L${line}`)?.childNodes ?? [];
      return says.map(({ textContent }) => textContent).join('');
    },
    /** The first line in view. */
    top: () => {
      const { top } = list.getBoundingClientRect();
      const found = [...list.children].find((each) => each.getBoundingClientRect().bottom > top);
      return found === undefined ? first : Number(found.id.slice(1));
    },
    /** Marks a line and brings it into view, when it is there. */
    mark: (line) => {
      for (const marked of list.querySelectorAll('.marked')) {
        marked.classList.remove('marked');
        marked.removeAttribute('aria-current');
      }
      const found = document.getElementById(`L${line}`);
      if (found === null) return;
      found.classList.add('marked');
      found.setAttribute('aria-current', 'true');
      list.scrollTop += found.getBoundingClientRect().top - list.getBoundingClientRect().top - list.clientHeight / 3;
      // The list itself may stand below the fold.
      const { top, bottom } = found.getBoundingClientRect();
      if (top < 0 || bottom > innerHeight) found.scrollIntoView({ block: 'center' });
    },
  };
};
