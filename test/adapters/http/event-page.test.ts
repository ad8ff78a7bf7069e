import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { eventPage } from '../../../src/adapters/http/views/event-page.ts';
import type { EventModel } from '../../../src/adapters/http/views/history-model.ts';
import { proofCard } from '../../../src/adapters/http/views/proof.ts';
import type { StreamName } from '../../../src/domain/ids.ts';
import type { RecordedEvent } from '../../../src/ports/event-log.ts';
import { acme, at, happening, isInert, proof, tags } from './sample-pages.ts';
import { unsealed } from './sample-seals.ts';
import { serve } from './served.ts';

const one = happening();

const model = (said = 'installed into trixie-acme-unstable', times = 1, name = said): EventModel => {
  const each = happening({ says: said, correlation: name, stream: name, package: name, version: name });
  return {
    happening: { ...each, build: `${'0'.repeat(26)}-amd64` },
    recorded: {
      ...one,
      recordedAt: at,
      stream: 'package-acme-hello' as StreamName,
      revision: 3,
      subject: {},
      body: { type: 'PackageInstalled', said, deep: [{ said }] } as RecordedEvent['body'],
    },
    causes: Array.from({ length: times }, () => each),
    consequences: Array.from({ length: times }, (_, n) => ({ ...each, depth: n + 1 })),
    moreConsequences: 7,
    before: each,
    after: each,
  };
};

describe('the page of an event', () => {
  it('shows envelope, record, causes and consequences', () => {
    const page = eventPage(acme, model());
    assert.match(page, /href="\/mini_buildd\/history\?stream=/);
    assert.match(page, /revision 3/);
    assert.match(page, /rel="prev".*rel="next"/s);
    assert.match(page, /said: installed into trixie-acme-unstable/);
    assert.match(page, /class="depth-1"/);
    assert.match(page, /and 7 further consequences/);
    assert.doesNotMatch(page, /<script(?! src="\/mini_buildd\/assets\/)| style=/);
  });

  it('keeps inert whatever stands in the log', () => {
    const harmless = tags(eventPage(acme, model()));
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }), (text) => {
        const page = eventPage(acme, model(`${text}"><script>alert(1)</script>\u202e\u001b[31m\0`));
        assert.equal(tags(page), harmless);
        assert.ok(isInert(page));
      }),
    );
  });

  it('stays below 60 kB with the longest event and the longest chain', () => {
    const page = eventPage(acme, model('a fact of "many" words '.repeat(1300), 25, 'a'.repeat(60)));
    assert.ok(Buffer.byteLength(page) < 60_000, `${Buffer.byteLength(page)} bytes`);
  });

  it('stands under its id as page and as JSON, and is asked for with its chain', async (test) => {
    const asked: unknown[] = [];
    const event = async (query: { readonly id: string; readonly chain: string | undefined }) => {
      asked.push([query.id, query.chain]);
      return query.id === one.id ? model() : undefined;
    };
    const { url } = await serve(test, {
      history: {
        event,
        newer: async () => ({ count: 0, until: undefined }),
        names: async () => undefined,
        page: () => assert.fail('nobody asked for history'),
      },
    });
    const get = (path: string, accept = 'text/html') =>
      fetch(`${url}/mini_buildd/history/${path}`, { headers: { accept } });
    assert.match(await (await get(`${one.id}?chain=upload-1`)).text(), /revision 3/);
    assert.equal(((await (await get(one.id, 'application/json')).json()) as { revision: number }).revision, 3);
    assert.equal((await get('00000000-0000-4000-8000-000000000009')).status, 404);
    assert.equal((await get('..%2f..%2fetc')).status, 404);
    assert.deepEqual(asked, [
      [one.id, 'upload-1'],
      [one.id, undefined],
      ['00000000-0000-4000-8000-000000000009', undefined],
    ]);
  });
});

describe('the proof', () => {
  it('says how far the log was verified, and the digest there', () => {
    const shown = proofCard(proof).toString();
    assert.match(shown, /verified/);
    assert.match(shown, /position <code>3<\/code>/);
    assert.match(shown, new RegExp('ab'.repeat(32)));
  });

  it('claims nothing of a log that was not looked through, or that is damaged', () => {
    const unseen = proofCard({ ...proof, verified: undefined, sealing: unsealed }).toString();
    const damaged = proofCard({ ...proof, verified: undefined, trouble: 'position 7 is not the one' }).toString();
    for (const shown of [unseen, damaged]) assert.doesNotMatch(shown, />verified|✓/);
    assert.match(damaged, /position 7 is not the one/);
  });
});
