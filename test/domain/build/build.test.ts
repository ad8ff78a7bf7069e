import { describe, it } from 'node:test';
import { type BuildCommand, type BuildRefusal, buildDecider, mostAttempts } from '../../../src/domain/build/build.ts';
import type { BuildEvent } from '../../../src/domain/build/events.ts';
import {
  ernie,
  helloAssigned,
  helloBuild,
  helloFailed,
  helloGivenBack,
  helloRequested,
  helloStarted,
  helloSucceeded,
  stored,
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
  ...Object.fromEntries(
    (['built', 'failed', 'skipped'] as const).map((state) => [
      state,
      [
        ['RequestBuild', request, []],
        ['AssignBuild', assign(), 'already-ended'],
        ['StartBuild', start(2), 'already-ended'],
        ['FinishBuild', succeed(), 'stale-attempt'],
        ['GiveBackBuild', giveBack(), 'stale-attempt'],
        ['CancelBuild', cancel, 'already-ended'],
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
        times: { install: 0, build: 0, total: 0 },
      });
  });

  it('remembers its attempts when it is cancelled while building', () => {
    given(helloRequested(), helloAssigned(), helloStarted(), cancelled).when(start(2)).thenRefused('already-ended');
  });
});

function said(expected: readonly BuildEvent[] | BuildRefusal): string {
  if (typeof expected === 'string') return `the refusal ${expected}`;
  return expected.length === 0 ? 'nothing' : expected.map(({ type }) => type).join(', ');
}
