import { type Either, isLeft, left } from 'fp-ts/lib/Either.js';
import type { Observable } from 'rxjs';
import { type DistributionName, parseDistribution } from '../domain/debian/distribution.ts';
import type { PortRequested } from '../domain/port/events.ts';
import { type Refusal, refusal } from '../domain/refusal.ts';
import type { Clock } from '../ports/clock.ts';
import { duty, type Tell } from '../ports/tell.ts';
import { versionOf } from '../projections/contents.ts';
import { migratingPorts, type PortStory } from '../projections/ports.ts';
import { storyOf } from '../projections/uploads.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

/** Migrates what a port brought to the last suite of its chain; says where it is then. The same again is no fault. */
type Migrate = (requested: PortRequested) => Promise<Either<Refusal, readonly DistributionName[]>>;

type Owed = { readonly story: PortStory; readonly fate: 'installed' | Refusal };

/** Migrates ports that were asked to migrate, once they are installed; one whose upload came to nothing fails. */
export const migratePorts = (
  world$: Observable<World>,
  clock: Clock,
  migrate: Migrate,
  tell: Tell,
): Observable<Fault> =>
  onceEach(world$, clock, {
    name: 'migrate-ports',
    owed,
    key: ({ story }) => story.id,
    work: async ({ story: { id, requested, because, correlation }, fate }) => {
      const migrated = fate === 'installed' ? await migrate(requested) : left(fate);
      const event = isLeft(migrated)
        ? ({ type: 'PortFailed', port: id, ...migrated.left } as const)
        : ({ type: 'PortMigrated', port: id, to: migrated.right } as const);
      return tell({ command: 'ReportPort', event }, duty('migrate-ports', correlation, because));
    },
  });

const owed = (world: World): readonly Owed[] =>
  migratingPorts(world.ports).flatMap((story) => {
    const fate = fateOf(world, story.requested);
    return fate === undefined ? [] : [{ story, fate }];
  });

/** `undefined` while its upload is under way. */
const fateOf = ({ contents, uploads }: World, { to, source, as, upload }: PortRequested): Owed['fate'] | undefined => {
  if (versionOf(contents, parseDistribution(to).repository, source, as) !== undefined) return 'installed';
  const story = storyOf(uploads, upload);
  if (story === undefined || story.refusal === undefined) return undefined;
  const fact = `its upload came to nothing: ${story.refusal.fact}`;
  return refusal('not-installed', fact.slice(0, 1000), story.refusal.remedy);
};
