import { tellDaemon } from '../adapters/host-works/told-work.ts';
import type { HostVerb } from '../ports/host-works.ts';
import { progressTo } from './progress-line.ts';

/** Hears how far something is, as often as there is something to say. */
export type Say = (line: string) => void;

/** `isTerminalTaken` where what is done is written there. */
type Beside = { readonly home: string; readonly verb: HostVerb; readonly isTerminalTaken?: boolean };

/** Does what may take long, and says on standard error how far it is; to a daemon that serves `home` meanwhile, too, where it may be done beside one. */
export const withProgress = async <A>(beside: Beside | undefined, act: (say: Say) => Promise<A>): Promise<A> => {
  const terminal = beside?.isTerminalTaken === true ? undefined : progressTo(process.stderr);
  const daemon = beside && tellDaemon(beside.home, beside.verb);
  try {
    const done = await act((line) => {
      terminal?.say(line);
      daemon?.say(line);
    });
    daemon?.done();
    return done;
  } finally {
    terminal?.end();
  }
};
