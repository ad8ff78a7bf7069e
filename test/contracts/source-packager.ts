import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { isLeft } from 'fp-ts/lib/Either.js';
import { parseChanges } from '../../src/domain/debian/changes.ts';
import { parseDsc } from '../../src/domain/debian/dsc.ts';
import type { Architecture, Codename, FileName, StoredFile } from '../../src/domain/debian/names.ts';
import type { FileStore } from '../../src/ports/file-store.ts';
import type { Repacked, SourcePackager } from '../../src/ports/source-packager.ts';
import { uploadId } from '../support/fixed-examples.ts';

export type PackagerAtWork = {
  readonly packager: SourcePackager;
  readonly files: FileStore;
  readonly codename: Codename;
  readonly architecture: Architecture;
  /** hello 2.10-3 as a source package of format 3.0 (quilt) in the file store, the `.dsc` first. */
  readonly hello: () => Promise<readonly StoredFile[]>;
  /** The same, of which one file cannot be unpacked though the `.dsc` is true to it. */
  readonly damaged: () => Promise<readonly StoredFile[]>;
  readonly stop: () => Promise<void>;
};

const entry = [
  'hello (2.10-3~acme13+1) trixie-acme-unstable; urgency=medium',
  '',
  "  * Automated port via mini-buildd (no changes). Original DSC's SHA1: 00.",
  '  * MINI_BUILDD_OPTION: ignore-lintian=true',
  '',
  ' -- mini-buildd archive acme <mini-buildd@buildd.example.org>  Sun, 22 Nov 2026 10:15:00 +0000',
  '',
  '',
].join('\n');

/** What every `SourcePackager` keeps. */
export const sourcePackagerContract = (name: string, begin: () => Promise<PackagerAtWork>): void => {
  describe(`A source packager ${name}`, () => {
    let at: PackagerAtWork;
    before(async () => {
      at = await begin();
    });
    after(() => at.stop());

    const repack = async (files: readonly StoredFile[]): Promise<Repacked> =>
      at.packager.repack({
        upload: uploadId(1),
        codename: at.codename,
        architecture: at.architecture,
        files,
        entry,
        ownAddress: 'mini-buildd@buildd.example.org',
      });
    const textOf = async (found: Repacked, name: string): Promise<string> => {
      assert.equal(found.outcome, 'repacked', JSON.stringify(found));
      const file = found.outcome === 'repacked' ? found.files.find((each) => each.name === name) : undefined;
      assert.ok(file !== undefined, `${name} among ${JSON.stringify(found)}`);
      return readFile(await at.files.path(file.sha256), 'utf8');
    };

    it('packs the same source in the version of the entry', async () => {
      const hello = await at.hello();
      const dsc = parseDsc(await textOf(await repack(hello), 'hello_2.10-3~acme13+1.dsc'));
      assert.ok(!isLeft(dsc), JSON.stringify(dsc));
      assert.equal(dsc.right.version, '2.10-3~acme13+1');
      const upstream = (files: readonly { readonly name: FileName; readonly sha256: string }[]) =>
        files.filter(({ name: each }) => each.includes('.orig.')).map(({ sha256 }) => sha256);
      assert.deepEqual(upstream(dsc.right.files), upstream(hello));
      assert.equal(upstream(hello).length, 1);
    });

    it('writes a .changes for the entry, which lists the whole source', async () => {
      const changes = parseChanges(
        await textOf(await repack(await at.hello()), 'hello_2.10-3~acme13+1_source.changes'),
      );
      assert.ok(!isLeft(changes), JSON.stringify(changes));
      const { distribution, architectures, changes: text, files } = changes.right;
      assert.deepEqual([distribution, architectures], ['trixie-acme-unstable', ['source']]);
      assert.match(text, /^hello \(2\.10-3~acme13\+1\) trixie-acme-unstable; urgency=medium$/m);
      assert.match(text, /^ {2}\* MINI_BUILDD_OPTION: ignore-lintian=true$/m);
      assert.equal(files.length, 3);
    });

    it('makes the same of the same', async () => {
      const digests = (found: Repacked) =>
        found.outcome === 'repacked' && found.files.map(({ sha256 }) => sha256).sort();
      const hello = await at.hello();
      assert.deepEqual(digests(await repack(hello)), digests(await repack(hello)));
    });

    it('says what is wrong with a source that cannot be unpacked', async () => {
      const found = await repack(await at.damaged());
      assert.equal(found.outcome, 'failed');
      assert.ok(found.outcome === 'failed' && found.fact.length > 10, JSON.stringify(found));
    });
  });
};
