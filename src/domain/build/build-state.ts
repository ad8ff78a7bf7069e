import type { Instant } from '../codec.ts';
import type { Sha256 } from '../debian/names.ts';
import type { BuildEvent } from './events.ts';

export type Build =
  | { readonly status: 'absent' }
  | { readonly status: 'needs-build'; readonly past: Past; readonly builder: string | undefined }
  | {
      readonly status: 'building';
      readonly past: Past;
      readonly attempt: number;
      readonly builder: string;
      /** Hash of the request, where another instance builds it, and of its answer. */
      readonly request?: Sha256;
      readonly answer?: Sha256;
    }
  | { readonly status: 'dep-wait'; readonly past: Past }
  | { readonly status: 'built' | 'skipped' | 'failed' | 'cancelled'; readonly past: Past };

export type Past = {
  /** Number of the last attempt that ended. */
  readonly attempts: number;
  /** How many of them were given back. */
  readonly givenBack: number;
  /** How many of them another instance answered in vain: it brought what nobody can use. */
  readonly inVain: number;
  /** When waiting for dependencies ends, from the first time it waited. */
  readonly until: Instant | undefined;
  readonly priority: number;
};

export const noBuild: Build = { status: 'absent' };

const noPast: Past = { attempts: 0, givenBack: 0, inVain: 0, until: undefined, priority: 0 };

export const evolveBuild = (build: Build, event: BuildEvent): Build => {
  const past = pastOf(build);
  switch (event.type) {
    case 'BuildRequested':
      return { status: 'needs-build', past: noPast, builder: undefined };
    case 'BuildAssigned':
      return { status: 'needs-build', past, builder: event.builder };
    case 'BuildStarted':
      return { status: 'building', past, attempt: event.attempt, builder: event.builder };
    case 'BinariesBuilt':
      return build;
    case 'BuildDispatched':
      return build.status === 'building' ? { ...build, request: event.request.sha256 } : build;
    case 'BuildresultReceived':
      return build.status === 'building' ? { ...build, answer: event.result.sha256 } : build;
    case 'BuildSucceeded':
      return { status: 'built', past: { ...past, attempts: event.attempt } };
    case 'BuildAdopted':
      return { status: 'built', past };
    case 'BuildSkipped':
      return { status: 'skipped', past: { ...past, attempts: event.attempt } };
    case 'BuildFailed':
      return { status: 'failed', past: { ...past, attempts: event.attempt } };
    case 'BuildDepWaited':
      return { status: 'dep-wait', past: { ...past, attempts: event.attempt, until: event.until } };
    case 'BuildResumed':
      return { status: 'needs-build', past, builder: undefined };
    case 'BuildGivenBack':
      return needsBuild({ ...past, attempts: event.attempt, givenBack: past.givenBack + 1 });
    case 'BuildWithdrawn':
      return needsBuild({ ...past, attempts: event.attempt, inVain: past.inVain + Number(isAnswered(build)) });
    case 'BuildInterrupted':
      return needsBuild({ ...past, attempts: event.attempt });
    case 'BuildPrioritised':
      return build.status === 'absent' ? build : { ...build, past: { ...past, priority: event.priority } };
    case 'BuildCancelled':
      return { status: 'cancelled', past: { ...past, attempts: attemptsOf(build) } };
  }
};

const needsBuild = (past: Past): Build => ({ status: 'needs-build', past, builder: undefined });

const isAnswered = (build: Build): boolean => build.status === 'building' && build.answer !== undefined;

const pastOf = (build: Build): Past => (build.status === 'absent' ? noPast : build.past);

const attemptsOf = (build: Build): number => (build.status === 'building' ? build.attempt : pastOf(build).attempts);
