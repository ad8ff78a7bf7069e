import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { FileName } from '../../src/domain/debian/names.ts';
import { refusal } from '../../src/domain/refusal.ts';
import type { FileStore } from '../../src/ports/file-store.ts';
import type { SourceFetcher } from '../../src/ports/source-fetcher.ts';

export type FakeSourceFetcher = SourceFetcher & {
  /** What lies where. */
  readonly web: Map<string, string>;
  /** Nobody answers while this is set. */
  readonly outage: { isOn: boolean };
};

/** A web of texts, all of it public. */
export const fakeSourceFetcher = (files: FileStore): FakeSourceFetcher => {
  const web = new Map<string, string>();
  const outage = { isOn: false };
  const fetched = async (url: string, name: FileName) => {
    if (outage.isOn) throw new Error('nobody answers');
    const text = web.get(url);
    if (text === undefined) return left(refusal('not-there', `${url} answers 404`, 'correct the address'));
    return right({ name, bytes: Buffer.from(text) });
  };
  return {
    web,
    outage,
    dsc: ({ address }) => fetched(address, address.slice(address.lastIndexOf('/') + 1) as FileName),
    beside: async ({ address }, wanted, came) => {
      const url = new URL(wanted.name, address).href;
      const sha256 = createHash('sha256')
        .update(web.get(url) ?? '')
        .digest('hex');
      if (!outage.isOn && web.has(url) && sha256 !== wanted.sha256) {
        return left(refusal('digest-mismatch', `${wanted.name} has other bytes`, 'try another mirror'));
      }
      const found = await fetched(url, wanted.name);
      if (isLeft(found)) return found;
      came?.(found.right.bytes.length);
      return right(await files.put(wanted.name, Readable.from([found.right.bytes])));
    },
  };
};
