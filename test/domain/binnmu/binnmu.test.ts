import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLeft, isRight, right } from 'fp-ts/lib/Either.js';
import { packageDecider } from '../../../src/domain/archive/package.ts';
import { binNmuDecider } from '../../../src/domain/binnmu/binnmu.ts';
import { nextNumber } from '../../../src/domain/binnmu/binnmu-version.ts';
import { buildDepends, namesIn } from '../../../src/domain/binnmu/build-depends.ts';
import type { BinNmuEvent, BinNmuPlanned } from '../../../src/domain/binnmu/events.ts';
import { type Needs, wavesOf, withoutCircles } from '../../../src/domain/binnmu/waves.ts';
import { instant } from '../../../src/domain/codec.ts';
import { onlyParagraph } from '../../../src/domain/debian/control-fields.ts';
import type { BinNmuId } from '../../../src/domain/ids.ts';
import {
  acme,
  amd64,
  distribution,
  hello,
  hello3,
  hello4,
  helloInstalled,
  helloReserved,
  main,
  now,
  source,
  stored,
  unstable,
  uploadId,
  version,
} from '../../support/fixed-examples.ts';

const binNmu = '01JDA000000000000000000006' as BinNmuId;
const about = { source: hello, version: hello3, architecture: amd64, number: 1 };
const planned: BinNmuPlanned = {
  type: 'BinNmuPlanned',
  ...{ binNmu, repository: acme, distribution: unstable, reason: 'Rebuild', requestedAt: instant(now) },
  rebuilds: [{ upload: uploadId(7), ...about, needs: [], options: [] }],
};
const dropped = {
  ...{ binNmu, upload: uploadId(7), distribution: unstable, source: hello, architecture: amd64 },
  ...{ rule: 'superseded', fact: 'it is', remedy: 'look' },
} as const;

const after = (...events: readonly BinNmuEvent[]) => events.reduce(binNmuDecider.evolve, binNmuDecider.initial);

describe('A plan of binNMUs', () => {
  it('is planned once', () => {
    const { type, ...plan } = planned;
    assert.deepEqual(binNmuDecider.decide({ command: 'PlanBinNmu', ...plan }, after()), right([planned]));
    assert.deepEqual(binNmuDecider.decide({ command: 'PlanBinNmu', ...plan }, after(planned)), right([]));
  });

  it('says of each rebuild once what becomes of it', () => {
    const event = { type: 'BinNmuDropped', ...dropped } as const;
    assert.deepEqual(binNmuDecider.decide({ command: 'DropBinNmu', ...dropped }, after(planned)), right([event]));
    assert.deepEqual(binNmuDecider.decide({ command: 'DropBinNmu', ...dropped }, after(planned, event)), right([]));
    assert.ok(isLeft(binNmuDecider.decide({ command: 'DropBinNmu', ...dropped }, after())));
  });

  it('is cancelled once, and says nothing of its rebuilds then', () => {
    const event = {
      type: 'BinNmuCancelled',
      ...{ binNmu, distribution: unstable, reason: 'another soname' },
    } as const;
    const { type, ...cancel } = event;
    const decide = (...events: readonly BinNmuEvent[]) =>
      binNmuDecider.decide({ command: 'CancelBinNmu', ...cancel }, after(...events));
    assert.deepEqual(decide(planned), right([event]));
    assert.deepEqual(decide(planned, event), right([]));
    assert.ok(isLeft(decide()));
    const drop = { command: 'DropBinNmu', ...dropped } as const;
    assert.deepEqual(binNmuDecider.decide(drop, after(planned, event)), right([]));
  });

  it('is refused when no event could hold it', () => {
    const { type, ...plan } = planned;
    const rebuilds = Array.from({ length: 1000 }, (_, n) => ({ ...planned.rebuilds[0], upload: uploadId(n) }));
    const decided = binNmuDecider.decide({ command: 'PlanBinNmu', ...plan, rebuilds } as never, after());
    assert.equal(isLeft(decided) && decided.left.rule, 'binnmu-too-large');
  });
});

describe('The number of a binNMU', () => {
  it('is above every one that there ever was of the same version, whatever its epoch', () => {
    const ever = ['1:1.0-1', '1:1.0-1+b3', '1.0-1+b12', '1.0-2+b20', '5+b1'].map(version);
    assert.equal(nextNumber([version('1:1.0-1+b3')], ever), 13);
    assert.equal(nextNumber([version('1.0-3')], ever), 1);
    assert.equal(nextNumber([version('1.0-3'), version('5')], ever), 2);
  });
});

describe('What a source is built with', () => {
  const dsc = (field: string, more = '') => {
    const paragraph = onlyParagraph(`Source: hello\n${more}Build-Depends: ${field}\n`);
    assert.ok(isRight(paragraph));
    return paragraph.right;
  };
  const names = (field: string, profiles: readonly string[] = []) => [...buildDepends(dsc(field), amd64, profiles)];

  it('is each alternative that counts on the architecture and with the build profiles', () => {
    assert.deepEqual(names('debhelper-compat (= 13), liba-dev (>= 1) | libb-dev:any,\n libc-dev'), [
      ...['debhelper-compat', 'liba-dev', 'libb-dev', 'libc-dev'],
    ]);
    assert.deepEqual(names('a1 [amd64 i386], b1 [!amd64], c1 [arm64], d1 [linux-any]'), ['a1', 'd1']);
    assert.deepEqual(names('a1 <!nocheck>, b1 <stage1>, c1 <!nocheck !nodoc> <cross>'), ['a1', 'c1']);
    assert.deepEqual(names('a1 <!nocheck>, b1 <stage1>', ['nocheck', 'stage1']), ['b1']);
  });

  it('is not what only arch-indep packages are built with', () => {
    const both = dsc('liba-dev', 'Build-Depends-Arch: libb-dev\nBuild-Depends-Indep: libc-dev\n');
    assert.deepEqual([...buildDepends(both, amd64, [])], ['liba-dev', 'libb-dev']);
  });

  it('names what a binary package depends on', () => {
    assert.deepEqual(namesIn('libc6 (>= 2.14), libfoo1:any | libfoo2'), ['libc6', 'libfoo1', 'libfoo2']);
  });
});

describe('Waves', () => {
  const needs = (written: Readonly<Record<string, string>>): Needs =>
    new Map(
      Object.entries(written).map(([name, others]) => [
        source(name),
        new Set(others.split(' ').filter(Boolean).map(source)),
      ]),
    );

  it('begin with what needs no other', () => {
    assert.deepEqual(wavesOf(needs({ d: 'b c', a: '', b: 'a', c: '' })), [['a', 'c'], ['b'], ['d']]);
  });

  it('do not wait for those that need each other', () => {
    const circle = withoutCircles(needs({ a: 'b', b: 'c', c: 'a', d: 'a', e: 'e' }));
    assert.deepEqual(wavesOf(circle), [['a', 'b', 'c', 'e'], ['d']]);
  });
});

describe('A package of which a binNMU is to be installed', () => {
  const testing = distribution('trixie-acme-testing');
  const binary = {
    ...{ package: 'hello', version: version(`${hello3}+b1`), architecture: amd64, component: main },
    file: stored(`hello_${hello3}+b1_amd64.deb`),
  };
  const rebuilt = { repository: acme, ...about, distribution: unstable, upload: uploadId(7), binaries: [binary] };
  const command = { command: 'InstallBinNmu', denied: undefined, ownedElsewhere: [], ...rebuilt } as const;
  const installed = [helloReserved(), helloInstalled()].reduce(packageDecider.evolve, packageDecider.initial);
  const event = { type: 'BinNmuInstalled', ...rebuilt } as const;
  const rule = (decision: ReturnType<typeof packageDecider.decide>) =>
    isRight(decision) ? decision.right.map((each) => ('rule' in each ? each.rule : each.type)) : decision.left.rule;

  it('takes it where its version stands, once', () => {
    assert.deepEqual(packageDecider.decide(command, installed), right([event]));
    assert.deepEqual(packageDecider.decide(command, packageDecider.evolve(installed, event)), right([]));
  });

  it('says so when all of it came out as it was, to the byte', () => {
    const before = packageDecider.evolve(installed, { ...event, upload: uploadId(6) });
    assert.deepEqual(rule(packageDecider.decide(command, before)), ['nothing-new']);
  });

  it('has on record why it may not', () => {
    const moved = packageDecider.evolve(installed, helloInstalled(uploadId(2), hello4));
    assert.deepEqual(rule(packageDecider.decide(command, moved)), ['superseded']);
    assert.deepEqual(rule(packageDecider.decide({ ...command, denied: 'lintian' }, installed)), ['denied-by-checks']);
    const other = { ...binary, file: { ...binary.file, name: stored(`hello_${hello3}_amd64.deb`).name } };
    const known = packageDecider.evolve(installed, {
      ...event,
      upload: uploadId(6),
      binaries: [{ ...binary, file: stored(`hello_${hello3}_amd64.deb`, 'of the upload') }],
    });
    assert.deepEqual(rule(packageDecider.decide({ ...command, binaries: [other] }, known)), ['pool-conflict']);
  });

  it('migrates over the same version that was not built again, and then no more', () => {
    const step = { deed: 'migrate', version: hello3, from: unstable, to: testing } as const;
    const migrate = (seen: number) =>
      ({ command: 'TakeStep', repository: acme, source: hello, step, seen, ownedElsewhere: [] }) as const;
    const migrated = { type: 'PackageMigrated', repository: acme, source: hello, ...step, change: null } as const;
    const { deed, ...said } = migrated;
    const there = packageDecider.evolve(installed, said);
    assert.equal(rule(packageDecider.decide(migrate(there.changes), there)), 'already-there');
    const again = packageDecider.evolve(there, event);
    assert.deepEqual(packageDecider.decide(migrate(again.changes), again), right([said]));
    const last = packageDecider.evolve(again, said);
    assert.equal(rule(packageDecider.decide(migrate(last.changes), last)), 'already-there');
  });
});
