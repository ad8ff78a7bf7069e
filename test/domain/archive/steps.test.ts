import { describe, it } from 'node:test';
import type { PackageEvent, Step } from '../../../src/domain/archive/events.ts';
import type { Owned } from '../../../src/domain/archive/obstacles.ts';
import { packageDecider } from '../../../src/domain/archive/package.ts';
import { eventOf } from '../../../src/domain/archive/steps.ts';
import { instant } from '../../../src/domain/codec.ts';
import type { ChangeId, EventId } from '../../../src/domain/ids.ts';
import {
  acme,
  distribution,
  hello,
  hello3,
  hello4,
  helloInstalled,
  helloReserved,
  unstable,
  uploadId,
} from '../../support/fixed-examples.ts';
import { givenFor } from '../../support/given.ts';

const given = givenFor(packageDecider);
const about = { repository: acme, source: hello };
const testing = distribution('trixie-acme-testing');
const stable = distribution('trixie-acme-stable');
const rollback0 = distribution('trixie-acme-unstable-rollback0');
const one = '01JDA000000000000000000001' as ChangeId;
const other = '01JDA000000000000000000002' as ChangeId;

const installed: readonly PackageEvent[] = [helloReserved(), helloInstalled()];
const toTesting: Step = { deed: 'migrate', version: hello3, from: unstable, to: testing };
const toStable: Step = { deed: 'migrate', version: hello3, from: testing, to: stable };
const removal: Step = { deed: 'remove', version: hello3, distribution: unstable };
const restoration: Step = { deed: 'restore', version: hello3, distribution: unstable, from: rollback0 };
const owned: Owned['ownedElsewhere'] = [{ distribution: testing, package: 'hello', source: 'hello-traditional' }];

const age = {
  lay: 6,
  asked: 5,
  publication: '00000000-0000-4000-8000-000000000007' as EventId,
  publishedAt: instant(0),
};
const take = (step: Step, seen: number, ownedElsewhere: Owned['ownedElsewhere'] = []) =>
  ({ command: 'TakeStep', ...about, step, seen, ownedElsewhere }) as const;
const done = (step: Step, change: ChangeId | null = null) => eventOf(step, { ...about, change });
const claim = (steps: readonly Step[], seen: number, change = one, ownedElsewhere: Owned['ownedElsewhere'] = []) =>
  ({ command: 'ClaimPackage', ...about, change, steps, seen, ownedElsewhere }) as const;
const claimed = (steps: readonly Step[], change = one): PackageEvent => ({
  type: 'PackageClaimed',
  ...about,
  change,
  steps,
});
const released = (change = one): PackageEvent => ({ type: 'PackageReleased', ...about, change });

describe('A step', () => {
  it('migrates what is there', () =>
    given(...installed)
      .when(take(toTesting, 1))
      .thenSaid(done(toTesting)));
  it('says how long it lay, in the same append, where that is why it migrates', () =>
    given(...installed)
      .when({ ...take(toTesting, 1), age })
      .thenSaid(
        {
          type: 'PackageAged',
          repository: acme,
          source: hello,
          version: hello3,
          distribution: unstable,
          ...age,
        },
        done(toTesting),
      ));
  it('says nothing of its age where it was changed meanwhile', () =>
    given(...installed, done(toTesting))
      .when({ ...take(toTesting, 1), age })
      .thenRefused('stale'));
  it('is refused when the package changed since it was looked at', () =>
    given(...installed, done(toTesting))
      .when(take(removal, 1))
      .thenRefused('stale'));
  it('does not migrate what is not there', () => given().when(take(toTesting, 0)).thenRefused('not-there'));
  it('does not migrate another version than is there', () =>
    given(...installed, helloReserved(uploadId(2), hello4), helloInstalled(uploadId(2), hello4))
      .when(take(toTesting, 2))
      .thenRefused('not-there'));
  it('does not migrate twice', () =>
    given(...installed, done(toTesting))
      .when(take(toTesting, 2))
      .thenRefused('already-there'));
  it('does not take the binary package of another source', () =>
    given(...installed)
      .when(take(toTesting, 1, owned))
      .thenRefused('binary-of-other-source'));
  it('removes what is there', () =>
    given(...installed)
      .when(take(removal, 1))
      .thenSaid(done(removal)));
  it('does not remove twice', () =>
    given(...installed, done(removal))
      .when(take(removal, 2))
      .thenRefused('not-there'));
  it('restores what was removed', () =>
    given(...installed, done(removal))
      .when(take(restoration, 2))
      .thenSaid(done(restoration)));
  it('does not restore what was built for another codename', () =>
    given(...installed)
      .when(take({ ...restoration, distribution: distribution('bookworm-acme-unstable'), from: null }, 1))
      .thenRefused('other-codename'));
  it('does not restore what is there', () =>
    given(...installed)
      .when(take(restoration, 1))
      .thenRefused('already-there'));
});

describe('A package that a change claims', () => {
  it('has seen that all its steps fit one after the other', () =>
    given(...installed)
      .when(claim([toTesting, toStable], 1))
      .thenSaid(claimed([toTesting, toStable])));
  it('is not claimed when its second step does not fit', () =>
    given(...installed)
      .when(claim([removal, toTesting], 1))
      .thenRefused('not-there'));
  it('is not claimed when it changed since it was looked at', () =>
    given(...installed)
      .when(claim([toTesting], 0))
      .thenRefused('stale'));
  it('is not claimed when another source has its binary package', () =>
    given(...installed)
      .when(claim([toTesting], 1, one, owned))
      .thenRefused('binary-of-other-source'));
  it('is claimed once', () =>
    given(...installed, claimed([toTesting]))
      .when(claim([toTesting], 1))
      .thenNothing());
  it('is not claimed by two', () =>
    given(...installed, claimed([toTesting]))
      .when(claim([removal], 1, other))
      .thenRefused('package-claimed'));
  it('does nothing else meanwhile', () =>
    given(...installed, claimed([toTesting]))
      .when(take(removal, 1))
      .thenRefused('package-claimed'));
  it('installs nothing meanwhile', () => {
    const { type, ...next } = helloInstalled(uploadId(2), hello4);
    given(...installed, helloReserved(uploadId(2), hello4), claimed([toTesting]))
      .when({ command: 'InstallPackage', ownedElsewhere: [], ...next })
      .thenRefused('package-claimed');
  });
  it('reserves versions for uploads meanwhile', () => {
    const { type, ...next } = helloReserved(uploadId(2), hello4);
    given(...installed, claimed([toTesting]))
      .when({ command: 'ReserveVersion', ...next })
      .thenSaid(helloReserved(uploadId(2), hello4));
  });
  it('says its steps when the change is completed', () =>
    given(...installed, claimed([toTesting, toStable]))
      .when({ command: 'SettlePackage', ...about, change: one })
      .thenSaid(done(toTesting, one), done(toStable, one)));
  it('says them once', () =>
    given(...installed, claimed([toTesting]), done(toTesting, one))
      .when({ command: 'SettlePackage', ...about, change: one })
      .thenNothing());
  it('goes on from what the change made of it', () =>
    given(...installed, claimed([toTesting, toStable]), done(toTesting, one), done(toStable, one))
      .when(take({ ...removal, distribution: stable }, 3))
      .thenSaid(done({ ...removal, distribution: stable })));
  it('is as it was when the change is abandoned', () =>
    given(...installed, claimed([toTesting]))
      .when({ command: 'ReleasePackage', ...about, change: one })
      .thenSaid(released()));
  it('may be changed after that', () =>
    given(...installed, claimed([toTesting]), released())
      .when(take(toTesting, 1))
      .thenSaid(done(toTesting)));
  it('is not let go by another change', () =>
    given(...installed, claimed([toTesting]))
      .when({ command: 'ReleasePackage', ...about, change: other })
      .thenNothing());
  it('is not settled by another change', () =>
    given(...installed, claimed([toTesting]))
      .when({ command: 'SettlePackage', ...about, change: other })
      .thenNothing());
});
