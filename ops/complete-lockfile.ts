/**
 * Run after every change of dependencies: `node ops/complete-lockfile.ts`.
 *
 * A registry may not carry what a package offers for other platforms. npm then leaves those optional packages out of the
 * lockfile, and `npm ci` refuses such a lockfile. Here they get an entry that says for which platform they are, so that `npm ci` passes them over;
 * without a checksum, since we never saw them, and never with a platform we run on.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

type Entry = {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
};

const path = join(import.meta.dirname, '..', 'package-lock.json');
const lock = JSON.parse(readFileSync(path, 'utf8')) as { packages: Record<string, Entry> };

/** `@biomejs/cli-darwin-arm64`, `@oxc-parser/binding-linux-x64-musl`: the system stands before the processor. */
const platformOf = (name: string): Pick<Entry, 'os' | 'cpu' | 'libc'> | undefined => {
  const [, os, cpu] = /(android|darwin|freebsd|linux|openharmony|win32)-([a-z0-9]+)/.exec(name) ?? [];
  if (os === undefined || cpu === undefined) return undefined;
  return { os: [os], cpu: [cpu], ...(name.includes('musl') ? { libc: ['musl'] } : {}) };
};

const isOurs = ({ os, cpu, libc }: Pick<Entry, 'os' | 'cpu' | 'libc'>): boolean =>
  os?.[0] === 'linux' && ['x64', 'arm64'].includes(cpu?.[0] ?? '') && libc === undefined;

const missing = Object.entries(lock.packages).flatMap(([, { optionalDependencies = {}, dev }]) =>
  Object.entries(optionalDependencies)
    .filter(([name]) => lock.packages[`node_modules/${name}`] === undefined)
    .map(([name, version]) => ({ name, version, dev })),
);

for (const { name, version, dev } of missing) {
  const platform = platformOf(name);
  if (platform === undefined || isOurs(platform))
    throw new Error(`${name} is missing from the lockfile, and it is needed`);
  lock.packages[`node_modules/${name}`] = { version, ...(dev ? { dev } : {}), optional: true, ...platform };
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([one], [other]) => (one < other ? -1 : 1)));
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(`${missing.length} packages for other platforms added\n`);
