import { type Finding, gathered } from '../../domain/check/findings.ts';

/**
 * Reads piuparts' log at level `info`: lines such as `0m12.3s ERROR: FAIL: Package purging left files on system:`, each with indented ones below
 * it. Throws where it speaks of the mirror or of itself, and not of the packages.
 */
export const piupartsReport = (log: string): readonly Finding[] => {
  const entries = log.split(/^(?=\d+m\d+\.\d+s [A-Z]+: )/m);
  const mirror = entries.find((entry) => /^\d+m\S+ ERROR: /.test(entry) && isOfMirror.test(entry));
  if (mirror !== undefined) throw new Error(`piuparts: ${firstLine(mirror)}`);
  const found = entries.flatMap(asFinding);
  const isThrough = /^\d+m\S+ INFO: PASS: All tests\.$/m.test(log);
  if (!isThrough && !found.some(({ severity }) => severity === 'error')) {
    throw new Error('piuparts ended before it was through');
  }
  return gathered(found);
};

const isOfMirror = /'apt-get', 'update'|^\s+E: (?:Failed to fetch|Unable to fetch|The list of sources)/m;

const firstLine = (entry: string): string => entry.slice(0, 300).split('\n').slice(0, 2).join(' ');

const asFinding = (entry: string): readonly Omit<Finding, 'times'>[] => {
  const [, level, said = ''] = /^\d+m\S+ (ERROR|WARN(?:ING)?): (.*)/.exec(entry) ?? [];
  if (level === undefined || said === 'piuparts run ends.' || /^FAIL: Installation/.test(said)) return [];
  return [{ severity: level === 'ERROR' ? 'error' : 'warning', tag: tagOf(said), about: '' }];
};

/** `FAIL: Package purging left files on system:` → `package-purging-left-files-on-system`; of a command its program. */
const tagOf = (said: string): string => {
  const [, program] = /^Command failed \(status=\d+\): \['chroot', '[^']*', '([^']+)'/.exec(said) ?? [];
  if (program !== undefined) return `command-failed-${slug(program)}`;
  return slug(said.replace(/^FAIL: /, '').split(/[:(]/)[0] ?? '');
};

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 100);
