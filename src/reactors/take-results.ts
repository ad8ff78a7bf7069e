import { isRight } from 'fp-ts/lib/Either.js';
import type { Observable } from 'rxjs';
import type { BuildresultReceived } from '../domain/build/events.ts';
import type { CheckResult } from '../domain/check/check.ts';
import type { CheckTool } from '../domain/check/findings.ts';
import type { RemoteId } from '../domain/configuration/events.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { BuildResult } from '../ports/builder.ts';
import type { Clock } from '../ports/clock.ts';
import { type Because, duty, type Tell } from '../ports/tell.ts';
import type { AnswersOpened } from '../projections/answers-opened.ts';
import type { BuildStory } from '../projections/build-queue.ts';
import { checksWithBuild, requestOf } from '../projections/checks-owed.ts';
import type { World } from '../projections/world.ts';
import { outcomeOf } from './build-outcome.ts';
import { type Fault, onceEach } from './once-each.ts';

/** What an answer says of the package, and what checks there found; or why it says nothing, and whether it is refused. */
export type Take = (
  build: BuildStory,
  answer: BuildresultReceived,
) => Promise<
  | { readonly result: BuildResult; readonly checks: readonly Found[] }
  | { readonly nothing: string; readonly refused?: Refused }
>;

type Refused = { readonly because: Refusal } & Pick<BuildResult, 'log' | 'times'>;
type Found = { readonly tool: CheckTool; readonly result: CheckResult };

type Answered = { readonly build: BuildStory; readonly answer: BuildresultReceived; readonly world: World };

/**
 * Opens what remotes answered: it counts as a build here would, or the build is taken back and goes elsewhere, unless what others bring was refused too often. What checks there found is told when the build
 * has ended and counts; a life that ended in between opens the answer once more.
 */
export const takeResults = (
  world$: Observable<World>,
  clock: Clock,
  take: Take,
  answers: AnswersOpened,
  tell: Tell,
): Observable<Fault> =>
  onceEach(world$, clock, {
    name: 'take-results',
    owed: (world): readonly Answered[] => {
      const building = [...world.builds.claimed.values()].filter(({ status }) => status === 'building');
      return [...building, ...answers.toBeOpened(world)].flatMap((build) =>
        build.answer === undefined ? [] : [{ build, answer: build.answer, world }],
      );
    },
    key: ({ build }) => `${build.id}#${build.attempts}`,
    work: async ({ build, answer, world }) => {
      if (build.status === 'built') {
        // Once more, by a life after the one that opened it. Where it is gone its checks are made as if it had brought none.
        const again = await take(build, answer).catch(() => undefined);
        if (again !== undefined && 'checks' in again) await tellChecks(build, again.checks, world, tell);
        return answers.opened(build);
      }
      const { id, attempts: attempt, builder = '', requested, changedBy } = build;
      answers.begun(build);
      const taken = await take(build, answer);
      const because = duty('take-results', requested.upload, changedBy);
      if ('nothing' in taken) {
        const withdrawn = { build: id, attempt, builder, reason: taken.nothing };
        if (taken.refused === undefined) return tell({ command: 'WithdrawBuild', ...withdrawn }, because);
        const { because: refusal, log, times } = taken.refused;
        await refuse(builder as RemoteId, answer, refusal, tell, because);
        return tell({ command: 'RefuseBuildresult', ...withdrawn, log, times }, because);
      }
      const outcome = outcomeOf({ build: id, attempt }, taken.result, clock);
      const told = await tell({ command: 'FinishBuild', build: id, outcome }, because);
      if (isRight(told)) await tellChecks(build, taken.checks, world, tell);
      answers.opened(build);
    },
  });

/** On record with who sent it, before its build goes elsewhere. */
const refuse = (
  remote: RemoteId,
  { result: { name, sha256 } }: BuildresultReceived,
  { rule, fact }: Refusal,
  tell: Tell,
  because: Because,
): Promise<unknown> => {
  const refused = { type: 'RemoteUploadRefused', remote, changes: { name, sha256 }, rule, fact } as const;
  return tell({ command: 'RefuseRemoteUpload', refused }, because);
};

/** Those that are wanted. Who began one of them here meanwhile is to end it. */
const tellChecks = async (build: BuildStory, found: readonly Found[], world: World, tell: Tell): Promise<void> => {
  for (const wanted of checksWithBuild(build, world)) {
    const result = found.find(({ tool }) => tool === wanted.tool)?.result;
    if (result === undefined) continue;
    const requested = requestOf(build, wanted);
    const taken = {
      command: 'TakeCheck',
      check: requested.check,
      requested,
      builder: build.builder ?? '',
      result,
    } as const;
    await tell(taken, duty('take-results', requested.upload, build.changedBy));
  }
};
