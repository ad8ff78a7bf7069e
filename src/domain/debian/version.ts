import type { Version } from './names.ts';

/**
 * The order of versions (Policy §5.6.12, `dpkg --compare-versions`): below, above or equal to zero. Digits are compared
 * as text, so that no number is too long. `1.0` and `1.00-0` are equal although they are written differently.
 */
export const compareVersions = (a: Version, b: Version): number => {
  const [left, right] = [versionParts(a), versionParts(b)];
  return (
    compareNumbers(left.epoch, right.epoch) ||
    compareParts(left.upstream, right.upstream) ||
    compareParts(left.revision, right.revision)
  );
};

/** The version as it stands in file names: without its epoch (Policy §5.6.12). */
export const withoutEpoch = (version: Version): string => version.slice(version.indexOf(':') + 1);

/** A missing epoch is `0`, a missing revision is empty, which counts as `0`. */
export const versionParts = (
  version: Version,
): { readonly epoch: string; readonly upstream: string; readonly revision: string } => {
  const epoch = version.includes(':') ? version.slice(0, version.indexOf(':')) : '0';
  const rest = withoutEpoch(version);
  const hyphen = rest.lastIndexOf('-');
  return hyphen < 0
    ? { epoch, upstream: rest, revision: '' }
    : { epoch, upstream: rest.slice(0, hyphen), revision: rest.slice(hyphen + 1) };
};

/** Alternately a run of other characters and a run of digits, until one differs. */
const compareParts = (a: string, b: string): number => {
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    while (isOther(a, i) || isOther(b, j)) {
      const order = weight(a, i) - weight(b, j);
      if (order !== 0) return order;
      i += 1;
      j += 1;
    }
    const [x, y] = [digitsAt(a, i), digitsAt(b, j)];
    const order = compareNumbers(x, y);
    if (order !== 0) return order;
    i += x.length;
    j += y.length;
  }
  return 0;
};

const isOther = (text: string, at: number): boolean => at < text.length && !isDigit(text.charCodeAt(at));

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** `~` sorts before the end, the end (or a digit) before letters, letters before the rest. */
const weight = (text: string, at: number): number => {
  const code = at < text.length ? text.charCodeAt(at) : 0;
  if (code === 0 || isDigit(code)) return 0;
  if (code === 126) return -1;
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122) ? code : code + 256;
};

const digitsAt = (text: string, from: number): string => {
  let end = from;
  while (end < text.length && isDigit(text.charCodeAt(end))) end += 1;
  return text.slice(from, end);
};

const compareNumbers = (a: string, b: string): number => {
  const [x, y] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  if (x.length !== y.length) return x.length - y.length;
  return x < y ? -1 : x > y ? 1 : 0;
};
