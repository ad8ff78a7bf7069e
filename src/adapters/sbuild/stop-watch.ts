import type { Job } from './root-helper.ts';
import type { Stop } from './verdict.ts';

export type StopWatch = {
  /** The build printed something. */
  readonly heard: () => void;
  /** Why the build was asked to end, if it was; the first reason counts. */
  readonly stopped: () => Stop | undefined;
  /** Stops watching. */
  readonly end: () => void;
};

/** The helper kills what does not end by itself within 3 s; when it does not even say so, it is gone or stuck. */
const helperPatienceMs = 30_000;

/** Asks a build or another session to end when it takes too long, is silent for too long, or is cancelled. */
export const watchBuild = (
  { timeoutSeconds, silenceSeconds }: { readonly timeoutSeconds: number; readonly silenceSeconds: number },
  cancel: AbortSignal,
  job: Pick<Job, 'say' | 'end'>,
): StopWatch => {
  let stopped: Stop | undefined;
  let lastResort: NodeJS.Timeout | undefined;
  const stop = (reason: Stop): void => {
    if (stopped !== undefined) return;
    stopped = reason;
    job.say({ stop: true });
    lastResort = setTimeout(job.end, helperPatienceMs);
  };
  const timeout = setTimeout(() => stop({ why: 'timeout', seconds: timeoutSeconds }), timeoutSeconds * 1000);
  const silence = setTimeout(() => stop({ why: 'silence', seconds: silenceSeconds }), silenceSeconds * 1000);
  const cancelled = (): void => stop({ why: 'cancelled' });
  cancel.addEventListener('abort', cancelled);
  if (cancel.aborted) cancelled();
  return {
    heard: () => void silence.refresh(),
    stopped: () => stopped,
    end: () => {
      clearTimeout(timeout);
      clearTimeout(silence);
      clearTimeout(lastResort);
      cancel.removeEventListener('abort', cancelled);
    },
  };
};
