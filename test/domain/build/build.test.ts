import { describe, it } from 'node:test';
import { type BuildCommand, type BuildRefusal, buildDecider, mostAttempts } from '../../../src/domain/build/build.ts';
import type { BuildAdopted, BuildEvent, BuildInterrupted } from '../../../src/domain/build/events.ts';
import { instant } from '../../../src/domain/codec.ts';
import {
  ernie,
  helloAssigned,
  helloBuild,
  helloDepWaited,
  helloFailed,
  helloGivenBack,
  helloRequested,
  helloStarted,
  helloSucceeded,
  now,
  stored,
  uploadId,
} from '../../support/fixed-examples.ts';
import { givenFor } from '../../support/given.ts';

const given = givenFor(buildDecider);

const { type: _requested, ...requested } = helloRequested();
const { type: _assigned, ...assigned } = helloAssigned();

const request: BuildCommand = { command: 'RequestBuild', ...requested };
const assign = (builder: string = ernie): BuildCommand => ({ command: 'AssignBuild', ...assigned, builder });
const start = (attempt = 1, builder: string = ernie): BuildCommand => ({
  command: 'StartBuild',
  build: helloBuild(),
  builder,
  attempt,
});
const succeed = (attempt = 1): BuildCommand => ({
  command: 'FinishBuild',
  build: helloBuild(),
  outcome: helloSucceeded(attempt),
});
const giveBack = (attempt = 1): BuildCommand => ({
  command: 'GiveBackBuild',
  build: helloBuild(),
  attempt,
  reason: 'the daemon was restarted',
});
const interrupt = (attempt = 1): Extract<BuildCommand, { command: 'InterruptBuild' }> => ({
  command: 'InterruptBuild',
  build: helloBuild(),
  attempt,
  reason: 'the daemon was stopped',
});
const interrupted: BuildInterrupted = {
  type: 'BuildInterrupted',
  build: helloBuild(),
  attempt: 1,
  reason: 'the daemon was stopped',
};
const depWait = (attempt = 1): BuildCommand => ({
  command: 'FinishBuild',
  build: helloBuild(),
  outcome: helloDepWaited(attempt),
});
const because = 'libgreet-dev 2.0-1 is in trixie-acme-unstable';
const resume = (attempt = 1): BuildCommand => ({
  command: 'ResumeBuild',
  build: helloBuild(),
  attempt,
  because,
  found: [],
});
const resumed: BuildEvent = { type: 'BuildResumed', build: helloBuild(), because, found: [] };
const giveUp = (attempt = 1): BuildCommand => ({
  command: 'GiveUpBuild',
  build: helloBuild(),
  attempt,
  fact: 'waited in vain',
});
const prioritise = (priority = 10): BuildCommand => ({ command: 'PrioritiseBuild', build: helloBuild(), priority });
const prioritised: BuildEvent = { type: 'BuildPrioritised', build: helloBuild(), priority: 10 };
const adopted: BuildAdopted = {
  type: 'BuildAdopted',
  build: helloBuild(),
  from: helloBuild(uploadId(2)),
  binaries: helloSucceeded().binaries,
  records: [],
  log: stored('hello.buildlog'),
  times: { install: 4, build: 2, total: 7, stages: [] },
};
const adopt: BuildCommand = { command: 'AdoptBuild', build: helloBuild(), requested: helloRequested(), adopted };
const givenUp: BuildEvent = {
  ...helloFailed(),
  class: 'dep-wait',
  stage: 'dep-wait',
  fact: 'waited in vain',
  log: null,
  times: { install: 0, build: 0, total: 0, stages: [] },
};
const cancel: BuildCommand = { command: 'CancelBuild', build: helloBuild(), reason: 'the upload was withdrawn' };
const cancelled: BuildEvent = { type: 'BuildCancelled', build: helloBuild(), reason: 'the upload was withdrawn' };
const skipped: BuildEvent = {
  type: 'BuildSkipped',
  build: helloBuild(),
  attempt: 1,
  log: stored('hello.buildlog'),
};

const histories: Readonly<Record<string, readonly BuildEvent[]>> = {
  absent: [],
  requested: [helloRequested()],
  assigned: [helloRequested(), helloAssigned()],
  building: [helloRequested(), helloAssigned(), helloStarted()],
  'given back': [helloRequested(), helloAssigned(), helloStarted(), helloGivenBack()],
  'assigned again': [helloRequested(), helloAssigned(), helloStarted(), helloGivenBack(), helloAssigned()],
  built: [helloRequested(), helloAssigned(), helloStarted(), helloSucceeded()],
  failed: [helloRequested(), helloAssigned(), helloStarted(), helloFailed()],
  skipped: [helloRequested(), helloAssigned(), helloStarted(), skipped],
  cancelled: [helloRequested(), helloAssigned(), cancelled],
  interrupted: [helloRequested(), helloAssigned(), helloStarted(), interrupted],
  'in dep-wait': [helloRequested(), helloAssigned(), helloStarted(), helloDepWaited()],
  resumed: [helloRequested(), helloAssigned(), helloStarted(), helloDepWaited(), resumed],
  adopted: [helloRequested(), adopted],
  prioritised: [helloRequested(), prioritised],
};

/** What each state answers to each command: events, nothing, or a refusal. */
const answers: Readonly<
  Record<string, readonly (readonly [string, BuildCommand, readonly BuildEvent[] | BuildRefusal])[]>
> = {
  absent: [
    ['RequestBuild', request, [helloRequested()]],
    ['AssignBuild', assign(), 'unknown-build'],
    ['StartBuild', start(), 'unknown-build'],
    ['FinishBuild', succeed(), 'stale-attempt'],
    ['GiveBackBuild', giveBack(), 'stale-attempt'],
    ['CancelBuild', cancel, 'unknown-build'],
    ['InterruptBuild', interrupt(), 'stale-attempt'],
    ['ResumeBuild', resume(), 'unknown-build'],
    ['GiveUpBuild', giveUp(), 'unknown-build'],
    ['PrioritiseBuild', prioritise(), 'unknown-build'],
    ['AdoptBuild', adopt, [helloRequested(), adopted]],
  ],
  requested: [
    ['RequestBuild', request, []],
    ['AssignBuild', assign(), [helloAssigned()]],
    ['StartBuild', start(), 'not-assigned'],
    ['FinishBuild', succeed(), 'stale-attempt'],
    ['GiveBackBuild', giveBack(), 'stale-attempt'],
    ['CancelBuild', cancel, [cancelled]],
  ],
  assigned: [
    ['RequestBuild', request, []],
    ['AssignBuild to the same builder', assign(), []],
    ['AssignBuild to another builder', assign('bert'), [helloAssigned('bert')]],
    ['StartBuild', start(), [helloStarted()]],
    ['StartBuild by another builder', start(1, 'bert'), 'assigned-elsewhere'],
    ['StartBuild of a later attempt', start(2), 'stale-attempt'],
    ['FinishBuild', succeed(), 'stale-attempt'],
    ['GiveBackBuild', giveBack(), 'stale-attempt'],
    ['InterruptBuild', interrupt(0), 'stale-attempt'],
    ['InterruptBuild of who has it', { ...interrupt(0), builder: ernie }, [{ ...interrupted, attempt: 0 }]],
    ['InterruptBuild of another builder', { ...interrupt(0), builder: 'bert' }, 'stale-attempt'],
    ['CancelBuild', cancel, [cancelled]],
  ],
  building: [
    ['RequestBuild', request, []],
    ['AssignBuild', assign('bert'), 'already-building'],
    ['StartBuild', start(), 'already-building'],
    ['FinishBuild', succeed(), [helloSucceeded()]],
    ['FinishBuild of another attempt', succeed(2), 'stale-attempt'],
    [
      'FinishBuild with a failure',
      { command: 'FinishBuild', build: helloBuild(), outcome: helloFailed() },
      [helloFailed()],
    ],
    ['FinishBuild with nothing to do', { command: 'FinishBuild', build: helloBuild(), outcome: skipped }, [skipped]],
    ['GiveBackBuild', giveBack(), [helloGivenBack()]],
    ['InterruptBuild', interrupt(), [interrupted]],
    ['InterruptBuild of another attempt', interrupt(2), 'stale-attempt'],
    ['FinishBuild with dependencies that are missing', depWait(), [helloDepWaited()]],
    ['ResumeBuild', resume(), []],
    ['PrioritiseBuild', prioritise(), 'already-building'],
    ['AdoptBuild', adopt, []],
    ['GiveBackBuild of another attempt', giveBack(2), 'stale-attempt'],
    ['CancelBuild', cancel, [cancelled]],
  ],
  'given back': [
    ['RequestBuild', request, []],
    ['AssignBuild', assign(), [helloAssigned()]],
    ['StartBuild', start(2), 'not-assigned'],
    ['FinishBuild of the attempt given back', succeed(), 'stale-attempt'],
    ['GiveBackBuild once more', giveBack(), 'stale-attempt'],
    ['CancelBuild', cancel, [cancelled]],
  ],
  'assigned again': [
    ['StartBuild of the old attempt', start(1), 'stale-attempt'],
    ['StartBuild of the next attempt', start(2), [helloStarted(2)]],
    ['AssignBuild to the same builder', assign(), []],
  ],
  interrupted: [
    ['AssignBuild', assign(), [helloAssigned()]],
    ['FinishBuild of the attempt that was interrupted', succeed(), 'stale-attempt'],
    ['PrioritiseBuild', prioritise(), [prioritised]],
  ],
  'in dep-wait': [
    ['RequestBuild', request, []],
    ['AssignBuild', assign(), 'not-assigned'],
    ['StartBuild', start(2), 'not-assigned'],
    ['FinishBuild', succeed(), 'stale-attempt'],
    ['ResumeBuild', resume(), [resumed]],
    ['ResumeBuild from an earlier dep-wait', resume(0), []],
    ['GiveUpBuild', giveUp(), [givenUp]],
    ['PrioritiseBuild', prioritise(), [prioritised]],
    ['CancelBuild', cancel, [cancelled]],
  ],
  resumed: [
    ['ResumeBuild once more', resume(), []],
    ['GiveUpBuild', giveUp(), []],
    ['AssignBuild', assign(), [helloAssigned()]],
    ['StartBuild', start(2), 'not-assigned'],
  ],
  prioritised: [
    ['PrioritiseBuild once more', prioritise(), []],
    ['PrioritiseBuild otherwise', prioritise(-1), [{ ...prioritised, priority: -1 }]],
  ],
  ...Object.fromEntries(
    (['adopted', 'built', 'failed', 'skipped'] as const).map((state) => [
      state,
      [
        ['RequestBuild', request, []],
        ['AssignBuild', assign(), 'already-ended'],
        ['StartBuild', start(2), 'already-ended'],
        ['FinishBuild', succeed(), 'stale-attempt'],
        ['GiveBackBuild', giveBack(), 'stale-attempt'],
        ['CancelBuild', cancel, 'already-ended'],
        ['PrioritiseBuild', prioritise(), 'already-ended'],
        ['ResumeBuild', resume(), []],
      ] as const,
    ]),
  ),
  cancelled: [
    ['RequestBuild', request, []],
    ['AssignBuild', assign(), 'already-ended'],
    ['StartBuild', start(), 'already-ended'],
    ['FinishBuild', succeed(), 'stale-attempt'],
    ['GiveBackBuild', giveBack(), 'stale-attempt'],
    ['CancelBuild', cancel, []],
  ],
};

describe('Build', () => {
  for (const [state, rows] of Object.entries(answers)) {
    describe(`that is ${state}`, () => {
      for (const [what, command, expected] of rows) {
        it(`answers ${what} with ${said(expected)}`, () => {
          const decision = given(...(histories[state] ?? [])).when(command);
          if (typeof expected === 'string') decision.thenRefused(expected);
          else decision.thenSaid(...expected);
        });
      }
    });
  }

  it('ignores the result of an attempt that was given back, also while the next one runs', () => {
    given(helloRequested(), helloAssigned(), helloStarted(), helloGivenBack(), helloAssigned(), helloStarted(2))
      .when(succeed(1))
      .thenRefused('stale-attempt');
  });

  it('has failed when it is given back for the last time, and says why', () => {
    const history = [1, 2].flatMap((attempt) => [helloAssigned(), helloStarted(attempt), helloGivenBack(attempt)]);
    given(helloRequested(), ...history, helloAssigned(), helloStarted(mostAttempts))
      .when(giveBack(mostAttempts))
      .thenSaid({
        ...helloFailed(mostAttempts),
        class: 'chroot',
        stage: 'give-back',
        fact: 'given back 3 times, the last time because: the daemon was restarted',
        log: null,
        times: { install: 0, build: 0, total: 0, stages: [] },
      });
  });

  it('counts only what was given back against it, not what was interrupted or waited', () => {
    const [interruption, wait] = [
      { ...interrupted, attempt: 1 },
      [helloAssigned(), helloStarted(2), helloDepWaited(2), resumed],
    ];
    const history = [helloAssigned(), helloStarted(), interruption, ...wait] as const;
    given(helloRequested(), ...history, helloAssigned(), helloStarted(3))
      .when(giveBack(3))
      .thenSaid(helloGivenBack(3));
  });

  it('waits for dependencies no longer for having been tried again', () => {
    const first = helloDepWaited();
    const later: BuildCommand = {
      command: 'FinishBuild',
      build: helloBuild(),
      outcome: { ...helloDepWaited(2), until: instant(now + 30 * 86_400_000) },
    };
    given(helloRequested(), helloAssigned(), helloStarted(), first, resumed, helloAssigned(), helloStarted(2))
      .when(later)
      .thenSaid({ ...helloDepWaited(2), until: first.until });
  });

  it('remembers its attempts when it is cancelled while building', () => {
    given(helloRequested(), helloAssigned(), helloStarted(), cancelled).when(start(2)).thenRefused('already-ended');
  });
});

function said(expected: readonly BuildEvent[] | BuildRefusal): string {
  if (typeof expected === 'string') return `the refusal ${expected}`;
  return expected.length === 0 ? 'nothing' : expected.map(({ type }) => type).join(', ');
}

describe('A build elsewhere', () => {
  const grover = 'grover.example.org:8066';
  const file = stored('hello_2.10-3_mini-buildd-buildrequest_amd64.changes');
  const dispatched: BuildEvent = { type: 'BuildDispatched', build: helloBuild(), attempt: 1, request: file, tar: file };
  const answered = (attempt = 1, result = file): BuildEvent => ({
    type: 'BuildresultReceived',
    build: helloBuild(),
    attempt,
    result,
    files: [],
  });
  const withdrawn: BuildEvent = {
    type: 'BuildWithdrawn',
    build: helloBuild(),
    attempt: 1,
    builder: grover,
    reason: 'x',
  };
  const past: readonly BuildEvent[] = [helloRequested(), helloAssigned(grover), { ...helloStarted(), builder: grover }];
  const { type: _d, ...dispatch } = dispatched as Extract<BuildEvent, { type: 'BuildDispatched' }>;
  const { type: _a, ...answer } = answered() as Extract<BuildEvent, { type: 'BuildresultReceived' }>;
  const { type: _w, ...withdraw } = withdrawn as Extract<BuildEvent, { type: 'BuildWithdrawn' }>;

  it('is dispatched once in each attempt', () => {
    given(...past)
      .when({ command: 'DispatchBuild', ...dispatch })
      .thenSaid(dispatched);
    given(...past, dispatched)
      .when({ command: 'DispatchBuild', ...dispatch })
      .thenNothing();
    given(helloRequested())
      .when({ command: 'DispatchBuild', ...dispatch })
      .thenRefused('stale-attempt');
  });

  it('is answered once, by the attempt that was sent', () => {
    given(...past, dispatched)
      .when({ command: 'ReceiveBuildresult', ...answer })
      .thenSaid(answered());
    given(...past, dispatched, answered())
      .when({ command: 'ReceiveBuildresult', ...answer })
      .thenNothing();
    const other = { ...answer, result: { ...file, sha256: 'f'.repeat(64) as typeof file.sha256 } };
    given(...past, dispatched, answered())
      .when({ command: 'ReceiveBuildresult', ...other })
      .thenRefused('answered-before');
    given(...past)
      .when({ command: 'ReceiveBuildresult', ...answer })
      .thenRefused('stale-attempt');
    given(...past, dispatched, withdrawn)
      .when({ command: 'ReceiveBuildresult', ...answer })
      .thenRefused('stale-attempt');
  });

  it('that is withdrawn waits again, and may be lost as often as it takes', () => {
    given(...past, dispatched)
      .when({ command: 'WithdrawBuild', ...withdraw })
      .thenSaid(withdrawn);
    given(...past, dispatched, withdrawn)
      .when({ command: 'WithdrawBuild', ...withdraw })
      .thenRefused('stale-attempt');
    given(...past, dispatched, withdrawn, helloAssigned())
      .when(start(2))
      .thenSaid(helloStarted(2));
  });

  it('has failed when what it brought is refused for the last time, however often it was lost in between', () => {
    const again = (attempt: number, ...more: readonly BuildEvent[]): readonly BuildEvent[] => [
      helloAssigned(grover),
      { ...helloStarted(attempt), builder: grover },
      { ...dispatched, attempt } as BuildEvent,
      ...more,
    ];
    const refuse = (attempt: number): BuildCommand => ({
      ...{ command: 'RefuseBuildresult', build: helloBuild(), attempt, builder: grover, reason: 'x', log: file },
      times: helloSucceeded().times,
    });
    const lost = (attempt: number): BuildEvent => ({ ...withdrawn, attempt }) as BuildEvent;
    const twice = [...past, dispatched, answered(), lost(1), ...again(2, lost(2)), ...again(3, answered(3))];
    given(...twice)
      .when(refuse(3))
      .thenSaid(lost(3));
    given(...twice, lost(3), ...again(4, lost(4)), ...again(5, answered(5)))
      .when(refuse(5))
      .thenSaid({
        type: 'BuildFailed',
        build: helloBuild(),
        attempt: 5,
        class: 'products',
        stage: 'products',
        fact: `others built it 3 times, and what they brought cannot be used, the last time ${grover}: x`,
        log: file,
        times: helloSucceeded().times,
      });
    given(...twice, lost(3))
      .when(refuse(3))
      .thenRefused('stale-attempt');
  });
});
