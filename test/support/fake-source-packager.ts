import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { isLeft, right } from 'fp-ts/lib/Either.js';
import { parseDsc } from '../../src/domain/debian/dsc.ts';
import type { FileName, StoredFile } from '../../src/domain/debian/names.ts';
import type { FileStore } from '../../src/ports/file-store.ts';
import type { Repacked, Repacking, SourcePackager } from '../../src/ports/source-packager.ts';

export type FakeSourcePackager = SourcePackager & {
  /** What was asked for, in order. */
  readonly orders: readonly Repacking[];
  /** What comes out of the build environment instead, from now on. */
  readonly spoil: (by: (text: { dsc: string; changes: string }) => { dsc: string; changes: string }) => void;
};

/** Packs what the tests take for source packages: a `.dsc` and files with any bytes; one that begins with `damaged` cannot be unpacked. */
export const fakeSourcePackager = (files: FileStore): FakeSourcePackager => {
  const orders: Repacking[] = [];
  let spoiled = (text: { dsc: string; changes: string }) => text;
  const keep = (name: string, text: string): Promise<StoredFile> =>
    files.put(name as FileName, Readable.from([Buffer.from(text)]));
  return {
    orders,
    spoil: (by) => {
      spoiled = by;
    },
    repack: async (order): Promise<Repacked> => {
      orders.push(order);
      const [, source = '', version = '', to = ''] = /^(\S+) \((\S+)\) (\S+);/.exec(order.entry) ?? [];
      const [dsc, ...listed] = await Promise.all(
        order.files.map(async (file) => ({ file, text: await textOf(file, files) })),
      );
      const damaged = listed.find(({ text }) => text.startsWith('damaged'));
      if (damaged !== undefined) return { outcome: 'failed', fact: `${damaged.file.name} cannot be unpacked` };
      const isTree = dsc?.file.name.endsWith('.json') === true;
      const read = isTree ? right(treeOf(dsc.text)) : parseDsc(unsigned(dsc?.text ?? ''));
      if (isLeft(read)) return { outcome: 'failed', fact: read.left.fact };
      const inNames = version.slice(version.indexOf(':') + 1);
      const packed: Packed[] = isTree
        ? [{ name: `${source}_${inNames}.tar.xz`, text: order.entry + (dsc?.text ?? '') }]
        : [];
      for (const { file, text } of listed) {
        if (file.name.includes('.orig')) packed.push({ name: file.name, text });
        else
          packed.push({
            name: `${source}_${inNames}${/(?:\.debian)?\.(?:tar|diff)\..*$/.exec(file.name)?.[0] ?? ''}`,
            text: order.entry + text,
          });
      }
      const newDsc = {
        name: `${source}_${inNames}.dsc`,
        text: paragraph([
          `Format: ${read.right.format}`,
          `Source: ${source}`,
          `Version: ${version}`,
          `Architecture: ${read.right.architectures.join(' ')}`,
          ...lists(packed, ''),
        ]),
      };
      const newChanges = paragraph([
        'Format: 1.8',
        `Source: ${source}`,
        'Architecture: source',
        `Version: ${version}`,
        `Distribution: ${to}`,
        'Changes:',
        ...(order.entry
          .split('\n -- ')[0]
          ?.trimEnd()
          .split('\n')
          .map((line) => (line === '' ? ' .' : ` ${line}`)) ?? []),
        ...lists([newDsc, ...packed], 'misc optional '),
      ]);
      const made = spoiled({ dsc: newDsc.text, changes: newChanges });
      return {
        outcome: 'repacked',
        files: [
          await keep(newDsc.name, made.dsc),
          ...(await Promise.all(packed.map(({ name, text }) => keep(name, text)))),
          await keep(`${source}_${inNames}_source.changes`, made.changes),
        ],
      };
    },
  };
};

/** What would be in the `.dsc` of a tree of ours. */
const treeOf = (text: string) => {
  const control = Buffer.from(JSON.parse(text).files['debian/control'], 'base64').toString('utf8');
  return { format: '3.0 (native)', architectures: [/^Architecture: (.*)$/m.exec(control)?.[1] ?? ''] };
};

type Packed = { readonly name: string; readonly text: string };

const textOf = async ({ sha256 }: StoredFile, files: FileStore): Promise<string> =>
  readFile(await files.path(sha256), 'utf8');

/** Without the line that the tests take for a signature. */
const unsigned = (text: string): string => text.replace(/^SIGNED BY .*\n\n/, '');

const paragraph = (lines: readonly string[]): string => `${lines.join('\n')}\n`;

const lists = (files: readonly Packed[], section: string): readonly string[] =>
  (
    [
      ['Checksums-Sha1', 'sha1', ''],
      ['Checksums-Sha256', 'sha256', ''],
      ['Files', 'md5', section],
    ] as const
  ).flatMap(([field, algorithm, extra]) => [
    `${field}:`,
    ...files.map(
      ({ name, text }) =>
        ` ${createHash(algorithm).update(text).digest('hex')} ${Buffer.byteLength(text)} ${extra}${name}`,
    ),
  ]);
