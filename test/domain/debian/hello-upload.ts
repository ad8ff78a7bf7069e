import type { FileName, Sha256, StoredFile } from '../../../src/domain/debian/names.ts';

/** A file of the sample upload as its control files announce it. */
export type Announced = { readonly name: string; readonly size: number; readonly digit: string };

export const orig: Announced = { name: 'hello_2.10.orig.tar.gz', size: 725946, digit: 'a' };
export const debian: Announced = { name: 'hello_2.10-3~test12+1.debian.tar.xz', size: 12688, digit: 'b' };
export const dsc: Announced = { name: 'hello_2.10-3~test12+1.dsc', size: 1183, digit: 'c' };

export const stored = ({ name, size, digit }: Announced): StoredFile => ({
  name: name as FileName,
  size,
  sha256: digit.repeat(64) as Sha256,
});

const list = (files: readonly Announced[], digits: number, between: string): string =>
  files.map(({ name, size, digit }) => `\n ${digit.repeat(digits)} ${size} ${between}${name}`).join('');

const written = (fields: Readonly<Record<string, string | undefined>>): string =>
  Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('');

/** The `.changes` of hello 2.10-3~test12+1, with other fields where a test wants them; `undefined` leaves one out. */
export const helloChanges = (
  other: Readonly<Record<string, string | undefined>> = {},
  files: readonly Announced[] = [dsc, orig, debian],
): string =>
  written({
    Format: '1.8',
    Date: 'Sun, 22 Nov 2026 10:15:00 +0000',
    Source: 'hello',
    Architecture: 'source',
    Version: '2.10-3~test12+1',
    Distribution: 'bookworm-test-unstable',
    Urgency: 'medium',
    Maintainer: 'Ernie <ernie@example.org>',
    Changes:
      '\n hello (2.10-3~test12+1) bookworm-test-unstable; urgency=medium\n .\n   * Build for bookworm.\n   * MINI_BUILDD_OPTION: ignore-lintian=true',
    'Checksums-Sha1': list(files, 40, ''),
    'Checksums-Sha256': list(files, 64, ''),
    Files: list(files, 32, 'devel optional '),
    ...other,
  });

export const helloDsc = (
  other: Readonly<Record<string, string | undefined>> = {},
  files: readonly Announced[] = [orig, debian],
): string =>
  written({
    Format: '3.0 (quilt)',
    Source: 'hello',
    Binary: 'hello',
    Architecture: 'any',
    Version: '2.10-3~test12+1',
    Maintainer: 'Ernie <ernie@example.org>',
    'Checksums-Sha1': list(files, 40, ''),
    'Checksums-Sha256': list(files, 64, ''),
    Files: list(files, 32, ''),
    ...other,
  });

/** One of the file lists in place of which a test wants another. */
export const fileList = list;
