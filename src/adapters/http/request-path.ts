export type RequestPath = {
  /** Decoded once; each one plain file name. */
  readonly segments: readonly string[];
  /** Asked with a slash at its end. */
  readonly isFolder: boolean;
};

/**
 * The path of a request target as names, or `undefined` for what no link of ours leads to: `.`, `..`, hidden names,
 * empty segments, slashes and backslashes in disguise, controls, bytes that are not UTF-8.
 */
export const requestPath = (target: string): RequestPath | undefined => {
  const query = target.indexOf('?');
  const pieces = (query === -1 ? target : target.slice(0, query)).split('/');
  if (pieces.shift() !== '') return undefined;
  const isFolder = pieces.at(-1) === '';
  if (isFolder) pieces.pop();
  const segments = pieces.map(decoded);
  return segments.every((segment) => segment !== undefined) ? { segments, isFolder } : undefined;
};

const decoded = (piece: string): string | undefined => {
  const name = piece.includes('%') ? unescaped(piece) : piece;
  return name === undefined || name === '' || name.length > 255 || name.startsWith('.') || unsafe.test(name)
    ? undefined
    : name;
};

const unsafe = /[/\\\0-\x1f\x7f]/;

const unescaped = (piece: string): string | undefined => {
  try {
    return decodeURIComponent(piece);
  } catch {
    return undefined;
  }
};
