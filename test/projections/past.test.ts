import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { instant } from '../../src/domain/codec.ts';
import type { DistributionName } from '../../src/domain/debian/distribution.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { noContents } from '../../src/projections/fold-contents.ts';
import { foldPast, noPast, pastDistributions } from '../../src/projections/past.ts';
import {
  foldPublicationHistory,
  noPublicationHistory,
  publicationAt,
  publicationUpTo,
} from '../../src/projections/publication-history.ts';
import {
  acme,
  acmeConfigured,
  archiveFingerprint,
  configured,
  eventId,
  hello3,
  hello4,
  helloInstalled,
  now,
  recordedAll,
  sha256,
  unstable,
  uploadId,
} from '../support/fixed-examples.ts';

const rollback0 = `${unstable}-rollback0` as DistributionName;
const minute = (n: number) => instant(now + n * 60_000);

const published = (n: number, upTo: number | null, by: number, ...names: readonly DistributionName[]): DaemonEvent => ({
  type: 'RepositoryPublished',
  repository: acme,
  upTo: upTo === null ? null : eventId(upTo),
  configuredBy: eventId(by),
  date: minute(n),
  validUntil: null,
  generation: n,
  signedBy: [archiveFingerprint],
  releases: names.map((distribution) => ({ distribution, release: sha256(`${distribution} ${n}`) })),
});

/** `recordedAll` numbers events from `first`. */
const all = (events: readonly DaemonEvent[]) =>
  recordedAll(events).map((each) => ({ ...each, recordedAt: at(each.position) }));
const at = (position: string) => instant(now + Number(position) * 1000);

describe('A publication of the past', () => {
  const first = recordedAll([acmeConfigured])[0];
  const numberOf = (index: number): number => Number(first?.id.slice(-12)) + index;
  const last = configured.length - 1;
  const events: readonly DaemonEvent[] = [
    ...configured,
    published(1, null, numberOf(last), unstable, rollback0),
    helloInstalled(uploadId(1), hello3),
    // Came too late for the publication that was under way.
    helloInstalled(uploadId(2), hello4),
    published(2, numberOf(last + 2), numberOf(last), unstable),
    published(3, numberOf(last + 3), numberOf(last), unstable, rollback0),
  ];
  const recorded = all(events);
  const history = noPublicationHistory();
  for (const each of recorded) foldPublicationHistory(history, each);
  const publications = history.get(acme) ?? [];

  const stateOf = (n: number) => {
    const publication = publications[n];
    assert.ok(publication !== undefined);
    const past = noPast(acme, publication);
    for (const each of recorded) if (each.position <= publication.position) foldPast(past, each);
    const state = pastDistributions(past, noContents());
    return [unstable, rollback0].map((name) => [
      state.get(name)?.distribution.holds.map(({ version }) => version),
      state.get(name)?.date,
    ]);
  };

  it('holds what it took into account, not what was said before it ended', () => {
    assert.deepEqual(
      [0, 1, 2].map((n) => stateOf(n).map(([holds]) => holds)),
      [
        [[], []],
        [[hello3], []],
        [[hello4], [hello3]],
      ],
    );
  });

  it('dates each Release as it was dated then', () => {
    assert.deepEqual(
      [0, 1, 2].map((n) => stateOf(n).map(([, date]) => date)),
      [
        [minute(1), minute(1)],
        [minute(2), minute(1)],
        [minute(3), minute(3)],
      ],
    );
  });

  it('is found by every time from its own until the next, and by every position', () => {
    for (const [n, publication] of publications.entries()) {
      const next = publications[n + 1];
      const until = Date.parse(next?.at ?? instant(Date.parse(publication.at) + 100_000)) - 1;
      for (const time of [Date.parse(publication.at), until])
        assert.equal(publicationAt(history, acme, instant(time)), publication);
      assert.equal(publicationUpTo(history, acme, publication.position), publication);
    }
    assert.equal(publicationAt(history, acme, instant(Date.parse(`${publications[0]?.at}`) - 1)), undefined);
    assert.equal(publicationUpTo(history, acme, `${recorded[0]?.position}` as never), undefined);
  });
});
