import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AccountId } from '../../src/domain/account/events.ts';
import { instant } from '../../src/domain/codec.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { type EventId, portId } from '../../src/domain/ids.ts';
import type { Signature } from '../../src/domain/upload/events.ts';
import type { Notices } from '../../src/projections/notices.ts';
import { foldWorld, newWorld } from '../../src/projections/world.ts';
import { activated, approved, keySubmitted, oscar, registered } from '../support/account-examples.ts';
import {
  acme,
  acmeConfigured,
  archiveFingerprint,
  configured,
  distribution,
  eventId,
  hello,
  hello3,
  helloAccepted,
  helloFacts,
  helloInstalled,
  helloPort,
  helloReceived,
  helloReleased,
  helloReserved,
  instanceConfigured,
  maintainer,
  now,
  recorded,
  unsigned,
  unstable,
  uploadId,
  version,
} from '../support/fixed-examples.ts';

const grover = '00000000000000aa' as AccountId;
const groverToo: readonly DaemonEvent[] = [
  { type: 'AccountRegistered', account: grover },
  { type: 'AccountActivated', account: grover },
];
const subscribed = (account: AccountId, of: typeof hello | null, where: typeof unstable | null): DaemonEvent => ({
  type: 'SubscriptionAdded',
  account,
  package: of,
  distribution: where,
});

/** What is owed after these events, each a second after the one before, or `hours` later. */
const after = (events: readonly (DaemonEvent | { readonly hours: number })[]) => {
  const world = newWorld();
  let later = 0;
  let n = 0;
  for (const event of events) {
    if ('hours' in event) later += event.hours * 3600;
    else {
      n += 1;
      foldWorld(world, { ...recorded(event, n), recordedAt: instant(now + (n + later) * 1000) });
    }
  }
  return { notices: world.notices, last: eventId(n) };
};

const owed = ({ owed: all }: Notices) =>
  [...all.values()].map(({ notice, recipients, open }) => ({
    kind: notice.kind,
    of: notice.id,
    to: recipients.map((to) => to.reason),
    open: open.size,
  }));

const published = (upTo: EventId): DaemonEvent => ({
  type: 'RepositoryPublished',
  repository: acme,
  generation: 1,
  upTo,
  configuredBy: null,
  date: instant(now),
  validUntil: null,
  signedBy: [archiveFingerprint],
  releases: [],
});

const base = [...configured, registered, activated];
const oscarFollows = [...base, subscribed(oscar, hello, null)];
const arrived = [helloReceived(), helloReserved(), helloAccepted()];
const rejected: DaemonEvent = {
  type: 'UploadRejected',
  upload: uploadId(1),
  rule: 'version-rule',
  fact: 'no',
  remedy: 'raise it',
};

describe('A notice', () => {
  it('of an installed package is owed once apt sees it', () => {
    const before = after([...oscarFollows, ...arrived, helloInstalled()]);
    assert.deepEqual(owed(before.notices), []);
    const { notices } = after([...oscarFollows, ...arrived, helloInstalled(), published(before.last)]);
    assert.deepEqual(owed(notices), [{ kind: 'installed', of: before.last, to: ['subscription'], open: 1 }]);
  });

  it('of a failed one is owed at once', () => {
    const { notices, last } = after([...oscarFollows, ...arrived, helloReleased()]);
    assert.deepEqual(owed(notices), [{ kind: 'failed', of: last, to: ['subscription'], open: 1 }]);
  });

  it('of a migrated, removed or restored one waits for apt as well', () => {
    const about = { repository: acme, source: hello, version: hello3, change: null };
    for (const event of [
      { type: 'PackageMigrated', ...about, from: unstable, to: 'trixie-acme-testing' },
      { type: 'PackageRemoved', ...about, distribution: unstable },
      { type: 'PackageRestored', ...about, distribution: unstable, from: null },
    ] as const) {
      const told = event as DaemonEvent;
      const { notices, last } = after([...oscarFollows, ...arrived, helloInstalled(), told]);
      assert.deepEqual(owed(notices), []);
      const done = after([...oscarFollows, ...arrived, helloInstalled(), told, published(last)]);
      assert.deepEqual(
        owed(done.notices)
          .map(({ of }) => of)
          .at(-1),
        last,
      );
      assert.equal(owed(done.notices).length, 2);
    }
  });

  it('of an installed package is owed by whatever publication came after it', () => {
    const late = {
      type: 'PackageRemoved',
      repository: acme,
      source: 'bye',
      version: hello3,
      distribution: unstable,
      change: null,
    };
    const { notices } = after([
      ...oscarFollows,
      ...arrived,
      helloInstalled(),
      late as DaemonEvent,
      published(eventId(oscarFollows.length + 5)),
    ]);
    assert.deepEqual(
      owed(notices).map(({ kind }) => kind),
      ['installed'],
    );
  });

  it('is owed to who follows the package, the distribution or everything, and uses their account', () => {
    for (const [of, where, isTold] of [
      [hello, null, true],
      [null, unstable, true],
      [null, null, true],
      [hello, unstable, true],
      ['bye', null, false],
      [null, 'trixie-acme-testing', false],
      ['bye', unstable, false],
    ] as const) {
      const events = [...base, subscribed(oscar, of as typeof hello, where as typeof unstable), ...arrived];
      assert.equal(owed(after([...events, helloReleased()]).notices).length, isTold ? 1 : 0, `${of}:${where}`);
    }
    const isDisabled: DaemonEvent = { type: 'AccountDisabled', account: oscar };
    assert.deepEqual(owed(after([...oscarFollows, isDisabled, ...arrived, helloReleased()]).notices), []);
    const removed: DaemonEvent = { type: 'SubscriptionRemoved', account: oscar, package: hello, distribution: null };
    assert.deepEqual(owed(after([...oscarFollows, removed, ...arrived, helloReleased()]).notices), []);
  });

  it('counts the first reason of each, in the order in which they stand', () => {
    const { notices } = after([
      ...oscarFollows,
      ...groverToo,
      subscribed(grover, null, null),
      { ...instanceConfigured, notify: [oscar] },
      { ...acmeConfigured, notify: [grover], notifyChangedBy: true, notifyMaintainer: true },
      ...arrived,
      helloReleased(),
    ]);
    assert.deepEqual(owed(notices)[0]?.to, ['instance', 'repository', 'changed-by', 'maintainer']);
  });

  it('of a rejection goes to who signed it, and not to who follows the package', () => {
    const signer = [...oscarFollows, keySubmitted(maintainer), approved({ fingerprint: maintainer })];
    assert.deepEqual(owed(after([...signer, helloReceived(), rejected]).notices)[0]?.to, ['uploader']);
    const unsignedUpload = helloReceived(uploadId(1), hello3, { signature: unsigned });
    assert.deepEqual(owed(after([...signer, unsignedUpload, rejected]).notices), []);
  });

  it('of an upload that is for no repository goes to who changed it, if a key that is known signed it', () => {
    const nowhere = (signature: Signature) =>
      helloReceived(uploadId(1), hello3, {
        signature,
        facts: { ...helloFacts(), distribution: 'trixie-none-unstable' },
      });
    const good = { status: 'good', fingerprint: maintainer } as Signature;
    assert.deepEqual(owed(after([...base, nowhere(good), rejected]).notices)[0]?.to, ['changed-by']);
    assert.deepEqual(owed(after([...base, nowhere(unsigned), rejected]).notices), []);
  });

  it('of an upload that cannot be read goes to who is told of everything', () => {
    const { notices } = after([
      ...base,
      { ...instanceConfigured, notify: [oscar] },
      { ...acmeConfigured, notifyChangedBy: true },
      helloReceived(uploadId(1), hello3, { facts: null }),
      rejected,
    ]);
    assert.deepEqual(
      owed(notices).map(({ kind, to }) => [kind, to]),
      [['invalid', ['instance']]],
    );
  });

  it('of a claim that was let go before a verdict is none', () => {
    const { notices } = after([...oscarFollows, helloReceived(), helloReserved(), helloReleased()]);
    assert.deepEqual(owed(notices), []);
  });

  it('is not owed to who came or followed later', () => {
    const { notices } = after([...base, ...arrived, helloReleased(), subscribed(oscar, hello, null)]);
    assert.deepEqual(owed(notices), []);
  });

  it('is owed until everybody was told, skipped or given up', () => {
    const both: readonly DaemonEvent[] = [
      { ...acmeConfigured, notifyChangedBy: true, notifyMaintainer: true },
      ...arrived,
      helloReleased(),
    ];
    const { last } = after([...oscarFollows, ...both]);
    const open = (...ends: readonly DaemonEvent[]) => owed(after([...oscarFollows, ...both, ...ends]).notices)[0]?.open;
    const sent: DaemonEvent = { type: 'NotificationSent', about: last, to: { reason: 'subscription', account: oscar } };
    const skipped: DaemonEvent = { type: 'NotificationSkipped', about: last, to: { reason: 'changed-by' }, fact: '' };
    const failed: DaemonEvent = { type: 'NotificationFailed', about: last, to: { reason: 'maintainer' }, fact: '' };
    const delayed: DaemonEvent = { type: 'NotificationDelayed', about: last, to: { reason: 'maintainer' }, fact: 'no' };
    assert.deepEqual([open(), open(delayed), open(sent), open(sent, skipped)], [3, 3, 2, 1]);
    assert.equal(open(sent, skipped, failed), undefined);
    assert.equal(after([...oscarFollows, ...both, delayed]).notices.delay?.fact, 'no');
    assert.equal(after([...oscarFollows, ...both, delayed, sent]).notices.delay, undefined);
  });

  it('that nobody was told of for two weeks is forgotten', () => {
    const { notices, last } = after([
      ...oscarFollows,
      ...arrived,
      helloReleased(),
      { hours: 15 * 24 },
      helloReceived(uploadId(2)),
      helloAccepted(uploadId(2)),
      helloReleased(uploadId(2)),
    ]);
    assert.deepEqual(
      owed(notices).map(({ of }) => of),
      [last],
    );
  });
});

describe('A newer version where a port of ours came from', () => {
  const experimental = distribution('trixie-acme-experimental');
  const port = helloPort();
  const newer = version('2.10-4~acme13+1');
  const foundAfter = (hours: number) =>
    after([
      ...configured,
      ...groverToo,
      subscribed(grover, hello, experimental),
      port,
      { type: 'PortUploaded', port: port.port, upload: port.upload },
      helloInstalled(uploadId(3), undefined, { version: newer }),
      { hours },
      {
        ...{ type: 'PortOutdated', port: port.port, source: hello, to: experimental, ported: hello3, version: newer },
        ...{ from: unstable, next: portId(uploadId(4), experimental) },
      },
    ]);

  it('is told when it came, and not when it had stood there before anybody followed', () => {
    const told = foundAfter(23);
    assert.deepEqual([...told.notices.owed.keys()], [told.last]);
    assert.deepEqual([...foundAfter(25).notices.owed.keys()], []);
  });
});
