import { createHash } from 'node:crypto';
import { type Refusal, sentence } from '../domain/refusal.ts';
import type { SeenSuite } from '../ports/upstream.ts';

/** For all that is read of one look: a download that trickles ends as well. */
const patienceMs = 600_000;

/** Lets each of those who look into a suite do so; `say` hears why one could not. */
export const followSuites =
  (
    followers: readonly ((seen: SeenSuite) => Promise<Refusal | undefined>)[],
    say: (about: string, line: string) => void,
  ) =>
  async (seen: Omit<SeenSuite, 'digest' | 'time'>): Promise<boolean> => {
    const digest = createHash('sha256').update(seen.release).digest('hex');
    const time = AbortSignal.timeout(patienceMs);
    let isWell = true;
    for (const follow of followers) {
      const refused = await follow({ ...seen, digest, time });
      if (refused === undefined) continue;
      isWell = false;
      say(seen.source.id, sentence(refused));
    }
    return isWell;
  };
