import { type Either, isLeft } from 'fp-ts/lib/Either.js';
import type { Observable } from 'rxjs';
import type { DistributionName } from '../domain/debian/distribution.ts';
import { hasPassed } from '../domain/has-passed.ts';
import { reasonOf } from '../domain/reason.ts';
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

/** How long it rests when nobody could find out: what is in the way may have nothing to do with it. */
const faultRestsMs = 3_600_000;

/** Migrates what lay in a suite for as many days as its layout asks, unless something keeps it. */
export const migrateAgedVersions = (
  world$: Observable<World>,
  clock: Clock,
  world: World,
  migrate: Migrate,
  isPassing: (refused: Refusal) => boolean,
): Observable<Fault> => {
  const resting = new Map<string, { readonly since: number; readonly for: number }>();
  const dueIn = (name: DistributionName) => {
    const now = clock.now();
    return agedIn(world, name, now).filter((aged) => {
      const rest = resting.get(keyOf(aged));
      return rest === undefined || hasPassed(rest.for, rest.since, now);
    });
  };
  /** What is in the way of one, which rests then. */
  const obstacleTo = async (aged: Aged): Promise<string | undefined> => {
    try {
      const migrated = await migrate(aged);
      if (!isLeft(migrated) || isPassing(migrated.left)) return undefined;
      resting.set(keyOf(aged), { since: clock.now(), for: restsMs });
      return sentence(migrated.left);
    } catch (error) {
      resting.set(keyOf(aged), { since: clock.now(), for: faultRestsMs });
      return `${keyOf(aged)}: ${reasonOf(error)}`;
    }
  };
  return onceEach(
    seldom(world$, clock, world, ({ layouts }) => layouts),
    clock,
    {
      name: 'migrate-aged',
      owed: ({ engine, contents }) =>
        engine === 'started'
          ? [...contents.shelves.keys()].flatMap((name) => {
              const { value: first } = dueIn(name).next();
              return first === undefined ? [] : [{ name, first: keyOf(first) }];
            })
          : [],
      key: ({ name }) => name,
      what: ({ first }) => first,
      work: async ({ name }) => {
        const obstacles: string[] = [];
        for (const aged of [...dueIn(name).take(atOnce)]) {
          const obstacle = await obstacleTo(aged);
          if (obstacle !== undefined) obstacles.push(obstacle);
        }
        if (obstacles.length > 0) throw new Error(obstacles.join('; '));
      },
    },
  );
};

const keyOf = ({ target, held }: Aged): string => `${target.name} ${held.source} ${held.version}`;
