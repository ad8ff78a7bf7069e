import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLeft, isRight, left, right } from 'fp-ts/lib/Either.js';
import {
  type Buildrequest,
  type BuildrequestCommand,
  buildrequestDecider,
} from '../../src/domain/buildrequest/buildrequest.ts';
import type { BuildrequestEvent, BuildrequestReceived, BuildresultMade } from '../../src/domain/buildrequest/events.ts';
import {
  exchangeKind,
  type RequestFacts,
  readRequest,
  writeRequest,
} from '../../src/domain/buildrequest/request-file.ts';
import { type Result, readResult, writeResult } from '../../src/domain/buildrequest/result-file.ts';
import { instant } from '../../src/domain/codec.ts';
import type { Sha256 } from '../../src/domain/debian/names.ts';
import { amd64, hello, hello3, helloBuild, plainRecipe, trixie, unstable } from '../support/fixed-examples.ts';

const hello3At = instant(Date.UTC(2026, 10, 22, 10, 15));
const sha = (digit: string) => digit.repeat(64) as Sha256;
const enclosed = (name: string) => ({ name, size: 10, md5: '0'.repeat(32), sha256: sha('0') }) as never;

const { setup, ...recipe } = plainRecipe;
const facts: RequestFacts = {
  builder: 'B'.repeat(40) as RequestFacts['builder'],
  build: helloBuild(),
  attempt: 2,
  source: hello,
  version: hello3,
  distribution: unstable,
  codename: trixie,
  architecture: amd64,
  archAll: true,
  dsc: 'hello_2.10-3~acme13+1.dsc' as RequestFacts['dsc'],
  resultTo: 'ernie.example.org:8067',
  aptHosts: ['ernie.example.org:8066', 'deb.debian.example.org:80'],
  recipe: { ...recipe, options: ['nocheck', 'parallel=2'], profiles: [], depends: ['libfoo (>= 1)', 'bar'], jobs: 4 },
  timeoutSeconds: 3600,
  silenceSeconds: 600,
  checks: [
    { tool: 'lintian', options: ['--info', '--suppress-tags=a b'] },
    { tool: 'piuparts', options: [] },
  ],
};
const tar = enclosed('hello_2.10-3~acme13+1_mini-buildd-buildrequest_amd64.changes.tar');

describe('A buildrequest as a file', () => {
  it('has the fields of the original, in its order, and is read again', () => {
    const text = writeRequest(facts, tar);
    assert.match(
      text,
      /^Distribution: trixie-acme-unstable\nSource: hello\nVersion: 2\.10-3~acme13\+1\nFiles:\n 0{32} 10 mini-buildd extra hello_2\.10-3~acme13\+1_mini-buildd-buildrequest_amd64\.changes\.tar\n/,
    );
    assert.match(
      text,
      /^Apt-Allow-Unauthenticated: 0\nRun-Lintian: {1,2}--info --suppress-tags=a b\nDeb-Build-Options: /m,
    );
    assert.match(
      text,
      /^Upload-Result-To: ernie\.example\.org:8067\nBase-Distribution: trixie\nArchitecture: amd64\nArch-All: Yes\nBuild-Dep-Resolver: /m,
    );
    const read = readRequest(text);
    assert.ok(isRight(read), JSON.stringify(read));
    assert.deepEqual(read.right.facts, facts);
  });

  for (const [what, from, to] of [
    ['without a field', /^Upload-Result-To.*\n/m, ''],
    ['with a result for nowhere', /^Upload-Result-To: .*$/m, 'Upload-Result-To: /etc/passwd'],
    ['with a resolver that is a command', /^Build-Dep-Resolver: .*$/m, 'Build-Dep-Resolver: apt;id'],
    ['with options that leave their line', /^Deb-Build-Options: .*$/m, 'Deb-Build-Options: $(id)'],
    ['with an endless timeout', /^Timeout: .*$/m, 'Timeout: 99999999 600'],
    ['with a .dsc elsewhere', /^Dsc: .*$/m, 'Dsc: ../hello.dsc'],
    ['with a check that is a command', /^ lintian /m, ' rm '],
    ['with a check twice', /^ piuparts /m, ' lintian '],
    ['with arguments that are no list', /^ piuparts \[\]$/m, ' piuparts --info'],
    ['with a builder that is no key', /^Builder: .*$/m, 'Builder: grover'],
    ['with another tar', /buildrequest_amd64\.changes\.tar/g, 'buildrequest_arm64.changes.tar'],
  ] as const) {
    it(`${what} is refused`, () => assert.ok(isLeft(readRequest(writeRequest(facts, tar).replace(from, to)))));
  }

  it('says of a binNMU how it is written down, all of it or nothing', () => {
    const binNmu = { number: 3, reason: 'Rebuild for perl 5.40', by: 'acme archive <a@example.org>', at: hello3At };
    const text = writeRequest({ ...facts, binNmu }, tar);
    assert.match(
      text,
      /^Binnmu: 3\nBinnmu-Reason: Rebuild for perl 5\.40\nBinnmu-Maintainer: acme archive <a@example\.org>\nBinnmu-Date: 2026-/m,
    );
    const read = readRequest(text);
    assert.ok(isRight(read));
    assert.deepEqual(read.right.facts.binNmu, binNmu);
    for (const [from, to] of [
      [/^Binnmu-Reason.*\n/m, ''],
      [/^Binnmu-Maintainer: /m, 'Binnmu-Maintainer: \u0007'],
      [/^Binnmu: 3/m, 'Binnmu: 03'],
      [/^Binnmu-Date: .*/m, 'Binnmu-Date: yesterday'],
    ] as const) {
      assert.ok(isLeft(readRequest(text.replace(from, to))), String(from));
    }
  });

  it('of a version that knew no checks asks for none', () => {
    const read = readRequest(writeRequest({ ...facts, builder: undefined, checks: [] }, tar));
    assert.ok(isRight(read));
    assert.equal(read.right.facts.builder, undefined);
    assert.deepEqual(read.right.facts.checks, []);
    assert.doesNotMatch(writeRequest({ ...facts, checks: [] }, tar), /Checks:|Run-Lintian:/);
  });

  it('is told by its name', () => {
    assert.equal(exchangeKind('hello_1_mini-buildd-buildrequest_amd64.changes'), 'buildrequest');
    assert.equal(exchangeKind('hello_1_mini-buildd-buildresult_amd64.changes'), 'buildresult');
    assert.equal(exchangeKind('hello_1_amd64.changes'), undefined);
  });
});

describe('A buildresult as a file', () => {
  const log = enclosed('hello_2.10-3~acme13+1_amd64.buildlog');
  const products = enclosed('hello_2.10-3~acme13+1_mini-buildd-buildresult_amd64.changes.tar');
  const result = (ending: Result['ending']): Result => ({
    request: sha('1'),
    distribution: unstable,
    source: hello,
    version: hello3,
    architecture: amd64,
    ending,
    times: { install: 4, build: 2.5, total: 7, stages: [{ stage: 'build', seconds: 2.5 }] },
  });

  for (const [ending, status] of [
    [{ outcome: 'succeeded' }, '0\nSbuild-Status: successful'],
    [{ outcome: 'skipped' }, '0\nSbuild-Status: skipped'],
    [
      { outcome: 'dep-wait', missing: ['libfoo (>= 2)', 'bar | baz'], fact: 'not there' },
      '3\nSbuild-Status: given-back',
    ],
    [
      { outcome: 'failed', class: 'ftbfs', stage: 'build', fact: 'make: *** [all] Error 2' },
      '2\nSbuild-Status: attempted',
    ],
  ] as const) {
    it(`says that it ${ending.outcome}, and is read again`, () => {
      const files = ending.outcome === 'succeeded' ? [log, products] : [log];
      const text = writeResult(result(ending), files);
      assert.match(text, new RegExp(`^Sbuildretval: ${status}$`, 'm'));
      const read = readResult(text);
      assert.ok(isRight(read), JSON.stringify(read));
      assert.deepEqual(read.right.result, result(ending));
      assert.doesNotMatch(text, /Lintian/);
    });
  }

  it('says by the word of the original what lintian came to', () => {
    const text = writeResult(result({ outcome: 'succeeded' }), [log, products], 'fail');
    assert.match(text, /^Sbuild-Status: successful\nSbuild-Lintian: fail\nFiles:/m);
    assert.ok(isRight(readResult(text)));
  });

  it('is refused when it succeeded without a tar, failed with one, or for no reason that we know', () => {
    assert.ok(isLeft(readResult(writeResult(result({ outcome: 'succeeded' }), [log]))));
    assert.ok(isLeft(readResult(writeResult(result({ outcome: 'skipped' }), [log, products]))));
    const failed = writeResult(result({ outcome: 'failed', class: 'ftbfs', stage: 'build', fact: '' }), [log]);
    assert.ok(isLeft(readResult(failed.replace('ftbfs', 'sabotage'))));
  });
});

describe('A buildrequest with us', () => {
  const request = sha('1');
  const received = { type: 'BuildrequestReceived', request } as BuildrequestReceived;
  const started = (attempt = 1): BuildrequestEvent => ({ type: 'BuildrequestStarted', request, attempt });
  const made = { type: 'BuildresultMade', request, attempt: 1 } as BuildresultMade;
  const sent: BuildrequestEvent = { type: 'BuildresultSent', request };
  const after = (...events: BuildrequestEvent[]): Buildrequest =>
    events.reduce(buildrequestDecider.evolve, buildrequestDecider.initial);
  const decide = (command: BuildrequestCommand, ...events: BuildrequestEvent[]) =>
    buildrequestDecider.decide(command, after(...events));
  const start = (attempt: number) => ({ command: 'StartBuildrequest', request, attempt }) as const;
  const interrupt = (attempt: number) => ({ command: 'InterruptBuildrequest', request, attempt, reason: 'x' }) as const;
  const interrupted = (attempt: number): BuildrequestEvent => ({
    type: 'BuildrequestInterrupted',
    request,
    attempt,
    reason: 'x',
  });

  it('is received once, whenever it comes again', () => {
    assert.deepEqual(decide({ command: 'ReceiveBuildrequest', received }), right([received]));
    for (const past of [[received], [received, started(), made, sent]]) {
      assert.deepEqual(decide({ command: 'ReceiveBuildrequest', received }, ...past), right([]));
    }
  });

  it('is claimed by the attempt that comes next', () => {
    assert.deepEqual(decide(start(1), received), right([started()]));
    assert.deepEqual(decide(start(1)), left('unknown-buildrequest'));
    assert.deepEqual(decide(start(2), received), left('stale-attempt'));
    assert.deepEqual(decide(start(2), received, started()), left('stale-attempt'));
  });

  it('is tried again when we were interrupted, and declined after three times', () => {
    assert.deepEqual(decide(interrupt(1), received, started()), right([interrupted(1)]));
    const third = decide(interrupt(3), received, started(), interrupted(1), started(2), interrupted(2), started(3));
    assert.ok(isRight(third) && third.right[0]?.type === 'BuildrequestDeclined');
  });

  it('has one result, which is sent once, and none once it is cancelled', () => {
    const cancel = { command: 'CancelBuildrequest', request, reason: 'x' } as const;
    assert.deepEqual(decide({ command: 'MakeBuildresult', made }, received, started()), right([made]));
    assert.deepEqual(decide({ command: 'MakeBuildresult', made }, received, started(), made), left('stale-attempt'));
    assert.deepEqual(decide({ command: 'ReportBuildresult', request }, received, started(), made), right([sent]));
    assert.deepEqual(decide({ command: 'ReportBuildresult', request }, received, started(), made, sent), right([]));
    const cancelled = { type: 'BuildrequestCancelled', request, reason: 'x' } as const;
    for (const past of [[received], [received, started()], [received, started(), made]]) {
      assert.deepEqual(decide(cancel, ...past), right([cancelled]));
    }
    assert.deepEqual(decide(cancel, received, started(), made, sent), right([]));
    assert.deepEqual(
      decide({ command: 'MakeBuildresult', made }, received, started(), cancelled),
      left('stale-attempt'),
    );
  });
});
