/** A line of `~/.netrc` about one machine. */
export type NetrcEntry = { readonly login: string | undefined; readonly password: string };

/**
 * The first entry of netrc(5) for one of `machines`, or the `default` one; only those of `login` count when it is given. Macros are passed
 * over.
 */
export const netrcEntry = (
  text: string,
  machines: readonly string[],
  login: string | undefined,
): NetrcEntry | undefined =>
  entries(text).find(
    (entry) =>
      (entry.machine === undefined || machines.includes(entry.machine)) &&
      (login === undefined || entry.login === undefined || entry.login === login) &&
      entry.password !== '',
  );

type Entry = NetrcEntry & { readonly machine: string | undefined };

const entries = (text: string): readonly Entry[] => {
  const words = (text.replace(/^\s*macdef\b.*\n(?:.*\S.*\n)*/gm, '').match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? []).map(bare);
  const found: { machine: string | undefined; login: string | undefined; password: string }[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const entry = found.at(-1);
    if (words[at] === 'default') found.push({ machine: undefined, login: undefined, password: '' });
    else if (words[at] === 'machine') found.push({ machine: words[++at] ?? '', login: undefined, password: '' });
    else if (words[at] === 'login' && entry !== undefined) entry.login = words[++at];
    else if (words[at] === 'password' && entry !== undefined) entry.password = words[++at] ?? '';
    else if (words[at] === 'account') at += 1;
  }
  return found;
};

const bare = (word: string): string =>
  word.startsWith('"') && word.endsWith('"') && word.length > 1 ? word.slice(1, -1).replace(/\\(.)/g, '$1') : word;
