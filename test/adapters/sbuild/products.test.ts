import assert from 'node:assert/strict';
import { appendFile, chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileStore } from '../../../src/adapters/file-store/file-store.ts';
import { collectProducts, UnusableProducts } from '../../../src/adapters/sbuild/products.ts';
import type { BuildOrder } from '../../../src/ports/builder.ts';
import { type BinaryPackage, type Changes, makeBinaryPackage, makeChanges } from '../../support/deb.ts';
import { removeFolder } from '../../support/remove-folder.ts';

const order = {
  build: '01ARZ3NDEKTSV4RRFFQ69G5FAV-amd64',
  source: 'hello',
  version: '1:2.10-3',
  architecture: 'amd64',
  archAll: true,
} as unknown as BuildOrder;

describe('what a build made', () => {
  let root = '';
  let number = 0;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'mini-buildd-products-'));
  });
  after(() => removeFolder(root));

  type Made = { readonly folder: string; readonly deb: string; readonly changes: string };

  /** An output folder as sbuild leaves it, then spoilt. */
  const made = async (binary: Partial<BinaryPackage> = {}, changes: Partial<Changes> = {}): Promise<Made> => {
    number += 1;
    const folder = join(root, `output-${number}`);
    await mkdir(folder);
    const deb = await makeBinaryPackage(folder, { package: 'hello', version: '1:2.10-3', ...binary });
    const buildinfo = join(folder, 'hello_2.10-3_amd64.buildinfo');
    await writeFile(buildinfo, 'Format: 1.0\n');
    const files = [deb, buildinfo];
    const base = { source: 'hello', version: '1:2.10-3', distribution: 'trixie-acme-unstable', architecture: 'amd64' };
    return { folder, deb, changes: await makeChanges(folder, { ...base, files, ...changes }) };
  };
  const collect = ({ folder }: Made, wanted = order) => collectProducts(wanted, folder, fileStore(join(root, 'files')));
  const refused = (what: Made, expected: RegExp, wanted = order) =>
    assert.rejects(collect(what, wanted), (error: Error) => {
      assert.ok(error instanceof UnusableProducts, String(error));
      assert.match(error.message, expected);
      return true;
    });

  it('is taken whole, and taken again', async () => {
    const what = await made();
    const products = await collect(what);
    assert.deepEqual(
      products.binaries.map(({ package: name, version, architecture, file }) => [
        name,
        version,
        architecture,
        file.name,
      ]),
      [['hello', '1:2.10-3', 'amd64', 'hello_2.10-3_amd64.deb']],
    );
    assert.deepEqual(
      products.records.map(({ name }) => name),
      ['hello_2.10-3_amd64.changes', 'hello_2.10-3_amd64.buildinfo'],
    );
    assert.deepEqual(await collect(what), products);
  });

  it('may have binaries of another name and version than the source', async () => {
    const other = { package: 'libhello1', version: '5.0', source: 'hello (1:2.10-3)', architecture: 'all' };
    const [binary] = (await collect(await made(other))).binaries;
    assert.deepEqual([binary?.package, binary?.version, binary?.architecture], ['libhello1', '5.0', 'all']);
  });

  it('does not count when its .changes is missing, or is something else', async () => {
    const missing = await made();
    await rm(missing.changes);
    await refused(missing, /^hello_2\.10-3_amd64\.changes cannot be read: ENOENT/);
    const link = await made();
    await rm(link.changes);
    await symlink('/etc/passwd', link.changes);
    await refused(link, /cannot be read: ELOOP/);
    const folder = await made();
    await rm(folder.changes);
    await mkdir(folder.changes);
    await refused(folder, /is not a regular file/);
    const huge = await made();
    await appendFile(huge.changes, Buffer.alloc(2_000_000, '\n'));
    await refused(huge, /at most 1048576 are read/);
    const nonsense = await made();
    await writeFile(nonsense.changes, 'nonsense');
    await refused(nonsense, /malformed-control-data/);
  });

  it('has to be of the source that was built', async () => {
    const changes = { ...order, source: 'other' } as unknown as BuildOrder;
    await refused(await made(), /other_2\.10-3_amd64\.changes cannot be read/, changes);
    await refused(await made({ source: 'other' }), /it says it was made from other 1:2\.10-3/);
    await refused(await made({ source: 'hello (1.0)' }), /it says it was made from hello 1\.0/);
    await refused(await made({ version: '9.0' }), /it says it was made from hello 9\.0/);
  });

  it('has to be of the architecture that was asked for', async () => {
    await refused(await made({ architecture: 'arm64' }), /its architecture is arm64/);
    const others = { ...order, archAll: false };
    await refused(await made({ architecture: 'all' }), /its architecture is all, which was not asked for/, others);
  });

  it('has to be what the .changes describes', async () => {
    const longer = await made();
    await appendFile(longer.deb, 'x');
    await refused(longer, /bytes where the \.changes says/);
    const other = await made();
    const bytes = await readFile(other.deb);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    await chmod(other.deb, 0o644);
    await writeFile(other.deb, bytes);
    await refused(other, /is not the file that the \.changes describes/);
    const link = await made();
    await rm(link.deb);
    await symlink('/etc/passwd', link.deb);
    await refused(link, /cannot be read: ELOOP/);
  });

  it('has to be packages, by the judgement of dpkg-deb, under their own names', async () => {
    const truncated = await made();
    await writeFile(truncated.deb, (await readFile(truncated.deb)).subarray(0, 100));
    await makeChanges(truncated.folder, {
      source: 'hello',
      version: '1:2.10-3',
      distribution: 'trixie-acme-unstable',
      architecture: 'amd64',
      files: [truncated.deb],
    });
    await refused(truncated, /hello_2\.10-3_amd64\.deb is not a package that dpkg-deb takes/);
    const control =
      'Package: goodbye\nSource: hello\nVersion: 1:2.10-3\nArchitecture: amd64\nMaintainer: T\nDescription: x\n';
    await refused(await made({ control }), /the file should be called goodbye_2\.10-3_amd64\.deb/);
  });

  it('has to be packages and records, and at least one package', async () => {
    const extra = await made();
    const image = join(extra.folder, 'hello_2.10-3_amd64.tar.gz');
    await writeFile(image, 'x');
    const base = { source: 'hello', version: '1:2.10-3', distribution: 'trixie-acme-unstable', architecture: 'amd64' };
    await makeChanges(extra.folder, { ...base, files: [extra.deb, image] });
    await refused(extra, /names hello_2\.10-3_amd64\.tar\.gz, which is neither/);
    const none = await made();
    await makeChanges(none.folder, { ...base, files: [join(none.folder, basename('hello_2.10-3_amd64.buildinfo'))] });
    await refused(none, /names no binary package/);
  });
});
