import { type Either, isLeft } from 'fp-ts/lib/Either.js';
import type { Observable } from 'rxjs';
import type { DistributionName } from '../domain/debian/distribution.ts';
import { type Refusal, sentence } from '../domain/refusal.ts';
import type { Clock } from '../ports/clock.ts';
import { type Aged, agedIn } from '../projections/own-accord.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';
import { seldom } from './seldom.ts';

/** Migrates one; `left` says what is in the way. */
type Migrate = (aged: Aged) => Promise<Either<Refusal, unknown>>;

/** Versions of one piece of work: others get their turn in between. */
const atOnce = 100;

/** How long what was refused rests before it is looked at again. */
const restsMs = 86_400_000;

/** Migrates what lay in a suite for as many days as its layout asks, unless something keeps it. */
export const migrateAgedVersions = (
  world$: Observable<World>,
  clock: Clock,
  world: World,
  migrate: Migrate,
  isPassing: (refused: Refusal) => boolean,
): Observable<Fault> => {
  const resting = new Map<string, number>();
  const dueIn = (name: DistributionName): readonly Aged[] => {
    const now = clock.now();
    return [...agedIn(world, name, now)].filter((aged) => (resting.get(keyOf(aged)) ?? 0) <= now);
  };
  return onceEach(
    seldom(world$, clock, world, ({ layouts }) => layouts),
    clock,
    {
      name: 'migrate-aged',
      owed: ({ engine, contents }) =>
        engine === 'started'
          ? [...contents.shelves.keys()].flatMap((name) => {
              const due = dueIn(name).length;
              return due > 0 ? [{ name, due }] : [];
            })
          : [],
      key: ({ name }) => name,
      what: ({ name, due }) => `${name} ${due}`,
      work: async ({ name }) => {
        const refused: Refusal[] = [];
        for (const aged of dueIn(name).slice(0, atOnce)) {
          const migrated = await migrate(aged);
          if (!isLeft(migrated) || isPassing(migrated.left)) continue;
          resting.set(keyOf(aged), clock.now() + restsMs);
          refused.push(migrated.left);
        }
        if (refused.length > 0) throw new Error(refused.map(sentence).join('; '));
      },
    },
  );
};

const keyOf = ({ target, held }: Aged): string => `${target.name} ${held.source} ${held.version}`;
