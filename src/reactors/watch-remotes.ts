import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { Observable } from 'rxjs';
import type { RemoteConfigured } from '../domain/configuration/events.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { Statement } from '../domain/remote/statement.ts';
import type { Clock } from '../ports/clock.ts';
import type { Neighbours } from '../ports/neighbours.ts';
import { duty, type Tell } from '../ports/tell.ts';
import { addedRemotes } from '../projections/remotes.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

export type Looking = {
  readonly look: (remote: RemoteConfigured) => Promise<Either<Refusal, Statement>>;
  /** Asks to be known there, if the statement does not name our key. */
  readonly introduce: (remote: RemoteConfigured, statement: Statement) => Promise<unknown>;
};

/**
 * Asks every remote again and again how it is, also those that are not active yet: administrators want to see it before. What changes is
 * told: found, lost, builds for others than before. Who does not know us is told of us, until it does; so a handshake goes on where it
 * was, whoever was away.
 */
export const watchRemotes = (
  world$: Observable<World>,
  clock: Clock,
  neighbours: Neighbours,
  { look, introduce }: Looking,
  tell: Tell,
): Observable<Fault> =>
  onceEach(world$, clock, {
    name: 'watch-remotes',
    owed: ({ remotes }) =>
      addedRemotes(remotes).flatMap(({ remote, configured }) =>
        neighbours.isDue(remote, clock.now()) ? [configured] : [],
      ),
    key: ({ remote, fingerprint }) => `${remote} ${fingerprint}`,
    work: async (configured) => {
      const { remote } = configured;
      const asked = clock.now();
      const found = await look(configured);
      const because = duty('watch-remotes', remote);
      if (isLeft(found)) {
        neighbours.missed(remote, clock.now());
        const { rule, fact } = found.left;
        await tell({ command: 'LoseRemote', lost: { type: 'RemoteLost', remote, rule, fact } }, because);
        return;
      }
      neighbours.answered(remote, found.right, asked);
      const { chroots, binNmus } = found.right;
      await tell({ command: 'FindRemote', found: { type: 'RemoteFound', remote, chroots, binNmus } }, because);
      await introduce(configured, found.right);
    },
  });
