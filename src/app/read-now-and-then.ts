import { hasPassed } from '../domain/has-passed.ts';
import type { HostMachine } from '../ports/host.ts';

/** Asking apt takes a program, and who types asks often. Milliseconds. */
const fresh = 15_000;

/** What was read of the host just now is as good as what would be read again; a failure is not kept. */
export const readNowAndThen = (host: HostMachine, now: () => number): HostMachine => {
  let last: { readonly at: number; readonly found: ReturnType<HostMachine['read']> } | undefined;
  return {
    read: async () => {
      if (last === undefined || hasPassed(fresh, last.at, now())) last = { at: now(), found: host.read() };
      const { found } = last;
      try {
        return await found;
      } catch (error) {
        last = undefined;
        throw error;
      }
    },
  };
};
