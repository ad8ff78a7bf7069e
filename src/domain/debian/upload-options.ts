import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { decode } from '../codec.ts';
import { type Refusal, refusal } from '../refusal.ts';
import { Architecture } from './names.ts';

/** One option of an upload. `architecture` is empty where it is for all of them; `value` is in its shortest form. */
export type UploadOption = { readonly key: string; readonly architecture: string; readonly value: string };

export type UploadOptions = {
  readonly options: readonly UploadOption[];
  readonly refusals: readonly Refusal[];
  /** A sentence for each line of the old form, which still works. */
  readonly warnings: readonly string[];
};

/**
 * What the uploader asks for in the changelog, one bullet an option, in the entry on top:
 *
 *     * MINI_BUILDD_OPTION: KEY[ARCHITECTURE]=VALUE
 *
 * `changes` is the `Changes` field. Values the original understood are understood as it did; unlike there, the words
 * that follow a value in its bullet are not part of it, an option without `=` is refused, and a sentence in the middle
 * of a line that speaks about options is none.
 */
export const parseUploadOptions = (changes: string): UploadOptions => {
  const options = new Map<string, UploadOption>();
  const refusals: Refusal[] = [];
  const warnings: string[] = [];
  for (const bullet of bullets(topEntry(changes.split('\n')))) {
    const written = asOption(bullet);
    if (written === undefined) continue;
    if (written.old)
      warnings.push(`"${shown(bullet)}" still works; write "MINI_BUILDD_OPTION: ${shown(written.text)}"`);
    const option = readOption(written.text);
    if (isLeft(option)) {
      refusals.push(option.left);
      continue;
    }
    const name = nameOf(option.right);
    if (options.has(name)) refusals.push(duplicate(name));
    options.set(name, option.right);
  }
  return { options: [...options.values()], refusals: refusals.slice(0, 20), warnings: warnings.slice(0, 20) };
};

/** Up to the second line that looks like the head of an entry: one that is not indented, as the original sees it. */
const topEntry = (lines: readonly string[]): readonly string[] => {
  const heads = lines.flatMap((line, index) => (/^[a-z0-9]/.test(line) ? [index] : []));
  return lines.slice(0, heads[1] ?? lines.length);
};

/** Bullets with their continuation lines joined. An empty line, a lesser bullet, a name in brackets or the trailer ends one. */
const bullets = (lines: readonly string[]): readonly string[] => {
  const found: string[][] = [];
  let open: string[] | undefined;
  for (const line of lines.map((each) => each.trim())) {
    if (line.startsWith('*')) {
      open = [line.slice(1).trim()];
      found.push(open);
    } else if (line === '' || line === '.' || /^(?:\[|-- |[-+] )/.test(line)) {
      open = undefined;
    } else {
      open?.push(line);
    }
  }
  return found.map((each) => each.join(' '));
};

/** The text after the colon, and whether the line had the form of mini-buildd 1.0. */
const asOption = (bullet: string): { readonly text: string; readonly old: boolean } | undefined => {
  const [, marker = '', rest = ''] = /^(MINI_BUILDD(?:_OPTION)?):\s*(.*)$/.exec(bullet) ?? [];
  if (marker === 'MINI_BUILDD_OPTION') return { text: rest, old: false };
  if (marker === '') return undefined;
  const [, word = '', value = ''] = /^([A-Z_]+)\s*:?\s*(.*)$/.exec(rest) ?? [];
  if (word === 'BACKPORT_MODE') return { text: 'ignore-lintian=true', old: true };
  if (word === 'AUTO_BACKPORTS') return { text: `auto-ports=${value}`, old: true };
  return word === 'INTERNAL_APT_PRIORITY' ? { text: `internal-apt-priority=${value}`, old: true } : undefined;
};

type Kind = {
  readonly perArchitecture: boolean;
  readonly rule: string;
  /** The value in its shortest form, or `undefined` when it is none. */
  readonly read: (written: string) => string | undefined;
};

/** As the original: up to the first dot or asterisk, and there the first word. */
const firstWord = (written: string): string => (written.split(/[.*]/)[0] ?? '').trim().split(/\s+/)[0] ?? '';

const words = (written: string, pattern: RegExp): string | undefined => {
  const all = written.split(/\s+/).filter((word) => word !== '');
  return all.length > 0 && all.every((word) => pattern.test(word)) ? all.join(' ') : undefined;
};

const bool: Kind = {
  perArchitecture: true,
  rule: 'true, false, 1 or 0',
  read: (written) => ({ true: 'true', 1: 'true', false: 'false', 0: 'false' })[firstWord(written).toLowerCase()],
};

const priority: Kind = {
  perArchitecture: false,
  rule: 'a whole number between -32768 and 32767 (apt_preferences(5))',
  read: (written) => {
    const word = firstWord(written);
    return /^[+-]?\d{1,5}$/.test(word) && Math.abs(Number(word)) < 32768 ? String(Number(word)) : undefined;
  },
};

/** More than twenty ports of one upload are no wish but a mistake. */
const distributions: Kind = {
  perArchitecture: false,
  rule: 'at most 20 distributions with commas between them',
  read: (written) => {
    const list = firstWord(written.replace(/\s*,\s*/g, ',')).split(',');
    const named = list.filter((word) => word !== '');
    return named.length > 0 && named.length <= 20 && named.every((word) => /^[A-Za-z0-9_-]{1,128}$/.test(word))
      ? named.join(',')
      : undefined;
  },
};

const modes: Readonly<Record<string, string>> = {
  0: 'disabled',
  1: 'ignore',
  2: 'error',
  3: 'warning',
  disabled: 'disabled',
  ignore: 'ignore',
  error: 'error',
  warning: 'warning',
};

const mode: Kind = {
  perArchitecture: true,
  rule: 'disabled, ignore, error or warning (0 to 3)',
  read: (written) => {
    const word = firstWord(written).toLowerCase();
    return Object.hasOwn(modes, word) ? modes[word] : undefined;
  },
};

const buildOptions: Kind = {
  perArchitecture: true,
  rule: 'words such as nocheck or parallel=2 (Policy §4.9.1)',
  read: (written) => words(written, /^[a-z][a-z0-9_-]{0,40}(?:=[A-Za-z0-9_.,+-]{1,80})?$/),
};

const buildProfiles: Kind = {
  perArchitecture: true,
  rule: 'names of build profiles such as nocheck',
  read: (written) => words(written, /^[a-z0-9][a-z0-9.+-]{0,60}$/),
};

/** A relation as `Build-Depends` has it, without restrictions. It is an argument of sbuild, never of a shell. */
const dependencies: Kind = {
  perArchitecture: true,
  rule: 'package relations such as libfoo-dev (>= 1.2), with commas between them (Policy §7.1)',
  read: (written) => {
    const relations = written.split(',').map((relation) => relation.trim().replace(/\s+/g, ' '));
    const relation =
      /^[a-z0-9][a-z0-9+.-]{1,80}(?::[a-z0-9-]{2,20})?(?: ?\((?:<<|<=|=|>=|>>) ?[A-Za-z0-9.+~:-]{1,100}\))?$/;
    return relations.length <= 20 && relations.every((each) => relation.test(each)) ? relations.join(', ') : undefined;
  },
};

const kinds: Readonly<Record<string, Kind>> = {
  'ignore-lintian': bool,
  'run-lintian': bool,
  'internal-apt-priority': priority,
  'auto-ports': distributions,
  'lintian-mode': mode,
  'piuparts-mode': mode,
  'autopkgtest-mode': mode,
  'deb-build-options': buildOptions,
  'deb-build-profiles': buildProfiles,
  'add-depends': dependencies,
};

const readOption = (written: string): Either<Refusal, UploadOption> => {
  const equals = written.indexOf('=');
  const name = written.slice(0, Math.max(equals, 0)).trim();
  const [, key = '', bracket, architecture = ''] = /^([^[\]]*)(\[([^[\]]*)\])?$/.exec(name) ?? [];
  const kind = Object.hasOwn(kinds, key) ? kinds[key] : undefined;
  if (equals < 0 || name === '') return left(invalid(`"${shown(written)}" is not of the form KEY=VALUE`));
  if (kind === undefined) return left(unknown(name));
  if (bracket !== undefined && isLeft(decode(Architecture, architecture))) {
    return left(invalid(`${shown(name)} does not name an architecture`));
  }
  if (bracket !== undefined && !kind.perArchitecture) return left(invalid(`${key} is the same for all architectures`));
  const value = kind.read(written.slice(equals + 1));
  if (value !== undefined && value.length <= 1000) return right({ key, architecture, value });
  return left(invalid(`${name}="${shown(written.slice(equals + 1))}": the value has to be ${kind.rule}`));
};

const nameOf = ({ key, architecture }: UploadOption): string => (architecture === '' ? key : `${key}[${architecture}]`);

const shown = (written: string): string => written.trim().slice(0, 120);

const correct = 'correct the entry on top of debian/changelog and upload a new version';

const unknown = (name: string): Refusal =>
  refusal(
    'unknown-upload-option',
    `there is no upload option ${shown(name)}`,
    `use one of ${Object.keys(kinds).join(', ')}`,
  );

const duplicate = (name: string): Refusal =>
  refusal('duplicate-upload-option', `the upload option ${name} stands twice`, correct);

const invalid = (fact: string): Refusal => refusal('invalid-upload-option', fact, correct);
