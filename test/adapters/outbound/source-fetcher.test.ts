import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Either, isLeft } from 'fp-ts/lib/Either.js';
import { fileStore } from '../../../src/adapters/file-store/file-store.ts';
import { isPublicAddress } from '../../../src/adapters/outbound/public-address.ts';
import { sourceFetcher } from '../../../src/adapters/outbound/source-fetcher.ts';
import type { FileName, Sha256, StoredFile } from '../../../src/domain/debian/names.ts';
import type { Refusal } from '../../../src/domain/refusal.ts';
import type { FileStore } from '../../../src/ports/file-store.ts';

let folder: string;
let files: FileStore;
let server: Server;
let base: string;

const dsc = 'Format: 3.0 (native)\nSource: hello\n';
const tarball = 'the tarball';
const tar: StoredFile = {
  name: 'hello_1.0.tar.xz' as FileName,
  size: tarball.length,
  sha256: createHash('sha256').update(tarball).digest('hex') as Sha256,
};

/** A letter each 100 ms: never silent for long, and never in a hurry. */
const drip = (response: ServerResponse, text: string): void => {
  let at = 0;
  const timer = setInterval(() => {
    if (at < text.length) response.write(text[at++]);
    else response.end();
  }, 100);
  response.once('close', () => clearInterval(timer));
};

const answers: Readonly<Record<string, RequestListener>> = {
  '/debian/hello_1.0.dsc': (_, response) => response.end(dsc),
  '/debian/hello_1.0%2Bx.dsc': (_, response) => response.end(dsc),
  '/debian/hello_1.0.tar.xz': (_, response) => response.end(tarball),
  '/short/hello_1.0.tar.xz': (_, response) => response.end(tarball.slice(1)),
  '/long/hello_1.0.tar.xz': (_, response) => response.end(`${tarball}!`),
  '/other/hello_1.0.tar.xz': (_, response) => response.end(tarball.toUpperCase()),
  '/endless/hello_1.0.dsc': (_, response) => {
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(65536, 'x')));
      if (!response.destroyed) response.once('drain', more);
    };
    more();
  },
  '/within/hello_1.0.dsc': (_, response) => response.writeHead(302, { location: '/debian/hello_1.0.dsc' }).end(),
  '/away/hello_1.0.dsc': (_, response) => response.writeHead(302, { location: 'http://[::1]:9/hello_1.0.dsc' }).end(),
  '/circle/hello_1.0.dsc': (_, response) => response.writeHead(302, { location: '/circle/hello_1.0.dsc' }).end(),
  '/busy/hello_1.0.dsc': (_, response) => response.writeHead(503).end(),
  '/silent/hello_1.0.dsc': (_, response) => response.writeHead(200).write('Format:'),
  '/slow/hello_1.0.dsc': (_, response) => drip(response, 'Format:'),
  '/slow/hello_1.0.tar.xz': (_, response) => drip(response, tarball),
  '/broken/hello_1.0.dsc': (_, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('Format:', () => response.destroy());
  },
};

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mini-buildd-fetch-'));
  files = fileStore(join(folder, 'files'));
  server = createServer((request, response) => {
    (answers[request.url ?? ''] ?? ((_, none) => none.writeHead(404).end()))(request, response);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

after(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const fetcher = (resolve?: LookupFunction, silenceMs = 10_000) =>
  sourceFetcher(files, { silenceMs, wholeMs: 60_000, ...(resolve === undefined ? {} : { resolve }) });

const ruleOf = (fetched: Either<Refusal, unknown>): string => (isLeft(fetched) ? fetched.left.rule : 'none');

const leftovers = () => readdirSync(join(folder, 'files', 'incomplete'));

describe('A .dsc from outside', () => {
  it('is fetched from a place that the configuration names, though its address is private', async () => {
    const fetched = await fetcher().dsc({ address: `${base}/debian/hello_1.0.dsc`, allowed: [`${base}/debian`] });
    assert.ok(!isLeft(fetched));
    assert.equal(fetched.right.name, 'hello_1.0.dsc');
    assert.equal(Buffer.from(fetched.right.bytes).toString(), dsc);
  });

  it('may have a name that its address writes in another way', async () => {
    const fetched = await fetcher().dsc({ address: `${base}/debian/hello_1.0%2Bx.dsc`, allowed: [base] });
    assert.ok(!isLeft(fetched));
    assert.equal(fetched.right.name, 'hello_1.0+x.dsc');
  });

  it('is followed to another place that the configuration names', async () => {
    assert.equal(ruleOf(await fetcher().dsc({ address: `${base}/within/hello_1.0.dsc`, allowed: [base] })), 'none');
  });

  for (const [sentence, path, allowed, rule] of [
    ['not below a place that is named', '/debian/hello_1.0.dsc', ['/other'], 'address-not-allowed'],
    ['beside a place whose name begins alike', '/debian/hello_1.0.dsc', ['/deb'], 'address-not-allowed'],
    ['out of a named place by dots', '/debian/../away/hello_1.0.dsc', ['/debian'], 'address-not-allowed'],
    ['at an address that is not public', '/debian/hello_1.0.dsc', [], 'private-address'],
    ['that leads to a place that is not named', '/away/hello_1.0.dsc', ['/'], 'redirected'],
    ['that leads out of the place that is named', '/within/hello_1.0.dsc', ['/within'], 'redirected'],
    ['that leads to itself', '/circle/hello_1.0.dsc', ['/'], 'redirected'],
    ['that is not there', '/debian/hello_2.0.dsc', ['/'], 'not-there'],
    ['without an end', '/endless/hello_1.0.dsc', ['/'], 'oversized'],
    ['that is a tarball', '/debian/hello_1.0.tar.xz', ['/'], 'bad-address'],
  ] as const) {
    it(`is refused as ${rule}: one ${sentence}`, async () => {
      const address = `${base}${path}`;
      assert.equal(ruleOf(await fetcher().dsc({ address, allowed: allowed.map((each) => `${base}${each}`) })), rule);
      assert.deepEqual(leftovers(), []);
    });
  }

  for (const address of [
    'ftp://deb.example.org/hello_1.0.dsc',
    'gopher://x/hello_1.0.dsc',
    'hello_1.0.dsc',
    'http://user:secret@deb.example.org/hello_1.0.dsc',
    'file://elsewhere.example.org/hello_1.0.dsc',
    'data:text/plain,hello_1.0.dsc',
  ]) {
    it(`has no address such as ${address}`, async () => {
      assert.equal(ruleOf(await fetcher().dsc({ address, allowed: [] })), 'bad-address');
    });
  }

  for (const path of ['/busy', '/silent', '/broken']) {
    it(`is tried again when the server fails (${path})`, async () => {
      await assert.rejects(fetcher(undefined, 300).dsc({ address: `${base}${path}/hello_1.0.dsc`, allowed: [base] }));
      assert.deepEqual(leftovers(), []);
    });
  }

  it('is not waited for as long as the other files are', async () => {
    const impatient = sourceFetcher(files, { silenceMs: 10_000, wholeMs: 60_000 }, 400);
    const from = { address: `${base}/slow/hello_1.0.dsc`, allowed: [base] };
    await assert.rejects(impatient.dsc(from), /did not end within 0.4 s/);
    assert.deepEqual(leftovers(), []);
    assert.equal(ruleOf(await impatient.beside(from, tar)), 'none');
  });

  it('is not fetched by a public name that is at a private address, whichever of several', async () => {
    const port = new URL(base).port;
    const rebinding: LookupFunction = (_, options, callback) => {
      const both = [
        { address: '93.184.215.14', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ];
      options.all === true ? callback(null, both) : callback(null, '127.0.0.1', 4);
    };
    const from = { address: `http://mirror.example.org:${port}/debian/hello_1.0.dsc`, allowed: [] };
    assert.equal(ruleOf(await fetcher(rebinding).dsc(from)), 'private-address');
  });
});

describe('A file beside a .dsc', () => {
  it('is fetched when it is what the .dsc says', async () => {
    const came: number[] = [];
    const from = { address: `${base}/debian/hello_1.0.dsc`, allowed: [base] };
    const fetched = await fetcher().beside(from, tar, (bytes) => void came.push(bytes));
    assert.deepEqual(!isLeft(fetched) && fetched.right, tar);
    assert.equal(came.at(-1), tar.size);
    assert.deepEqual(
      came,
      [...came].sort((one, other) => one - other),
    );
  });

  for (const path of ['short', 'long', 'other']) {
    it(`is refused when it is ${path}, and leaves nothing behind`, async () => {
      const from = { address: `${base}/${path}/hello_1.0.dsc`, allowed: [base] };
      assert.equal(ruleOf(await fetcher().beside(from, tar)), 'digest-mismatch');
      assert.deepEqual(leftovers(), []);
    });
  }
});

describe('A source package on the host', () => {
  const place = (name: string): string => join(folder, name);

  before(() => {
    mkdirSync(place('sources'));
    writeFileSync(place('sources/hello_1.0.dsc'), dsc);
    writeFileSync(place('sources/hello_1.0.tar.xz'), tarball);
    writeFileSync(place('secret.dsc'), 'secret');
    symlinkSync(place('secret.dsc'), place('sources/out_1.0.dsc'));
    symlinkSync('/dev/zero', place('sources/zero_1.0.dsc'));
  });

  it('is taken from a folder that the configuration names, by path or as file://', async () => {
    for (const address of [place('sources/hello_1.0.dsc'), `file://${place('sources/hello_1.0.dsc')}`]) {
      const from = { address, allowed: [place('sources')] };
      assert.equal(ruleOf(await fetcher().dsc(from)), 'none');
      assert.deepEqual(await fetcher().beside(from, tar), { _tag: 'Right', right: tar });
    }
  });

  for (const [sentence, path, allowed, rule] of [
    ['from a folder that is not named', 'sources/hello_1.0.dsc', [], 'address-not-allowed'],
    ['out of the folder by dots', 'sources/../secret.dsc', ['sources'], 'address-not-allowed'],
    ['from a folder whose name begins alike', 'sources/hello_1.0.dsc', ['sour'], 'address-not-allowed'],
    ['out of the folder by a link', 'sources/out_1.0.dsc', ['sources'], 'not-there'],
    ['that is a device', 'sources/zero_1.0.dsc', ['sources'], 'not-there'],
    ['that is not there', 'sources/none_1.0.dsc', ['sources'], 'not-there'],
  ] as const) {
    it(`is refused as ${rule}: one ${sentence}`, async () => {
      assert.equal(ruleOf(await fetcher().dsc({ address: `${folder}/${path}`, allowed: allowed.map(place) })), rule);
    });
  }
});

describe('A public address', () => {
  for (const [address, isPublic] of [
    ['93.184.215.14', true],
    ['2606:2800:21f:cb07:6820:80da:af6b:8b2c', true],
    ['127.0.0.1', false],
    ['10.1.2.3', false],
    ['172.20.0.1', false],
    ['192.168.1.1', false],
    ['169.254.169.254', false],
    ['100.64.0.1', false],
    ['0.0.0.0', false],
    ['224.0.0.1', false],
    ['255.255.255.255', false],
    ['192.0.2.1', false],
    ['::1', false],
    ['::', false],
    ['fe80::1', false],
    ['fd00::1', false],
    ['ff02::1', false],
    ['::ffff:127.0.0.1', false],
    ['::ffff:93.184.215.14', false],
    ['64:ff9b::7f00:1', false],
    ['2002:7f00:1::', false],
    ['localhost', false],
  ] as const) {
    it(`${isPublic ? 'is' : 'is not'} ${address}`, () => {
      assert.equal(isPublicAddress(address), isPublic);
    });
  }
});
