import type { Neighbours } from '../ports/neighbours.ts';
import type { RollCall } from '../ports/roll-call.ts';
import type { BuildStory } from './build-queue.ts';
import { type Candidate, candidates, hasRoom, loadOf } from './candidates.ts';
import { hurryIn } from './hurry.ts';
import { preferenceInWords, preferred } from './preference.ts';
import { inOrder, type Lane } from './waiting-builds.ts';
import type { Place } from './waiting-reason.ts';
import type { World } from './world.ts';

/** A build, who is to have it, and why they. */
export type Assignment = { readonly build: BuildStory; readonly builder: string; readonly because: string };

/**
 * Each waiting build to the fitting builder with the lowest load, here or elsewhere, in the order of the queue, as long as there is room. What would end last of all
 * passes others.
 */
export const assignments = (
  world: World,
  place: Place,
  neighbours: Pick<Neighbours, 'heard'>,
  now: number,
  roll: RollCall,
): readonly Assignment[] => {
  if (world.engine === 'stopped' || world.builds.waiting.size === 0) return [];
  const all = candidates(world, place, neighbours, now, roll);
  if (!all.some(hasRoom)) return [];
  const buildersFor = memo(all);
  const hurry = hurryIn(world, buildersFor);
  const found: Assignment[] = [];
  const isOpen = (lane: Lane<BuildStory>): boolean => buildersFor(lane).some(hasRoom);
  for (const { build, lane, passes } of inOrder(world.builds.waiting.values(), isOpen, hurry.of)) {
    const chosen = choose(build, buildersFor(lane), world);
    if (chosen === undefined) continue;
    hurry.given(build, chosen.builder);
    found.push(passes ? { ...chosen, because: `${chosen.because}; ${hurry.inWords(build, lane)}` } : chosen);
  }
  return found;
};

/** Builds of one lane are asked for once. */
const memo = (all: readonly Candidate[]): ((lane: Lane<BuildStory>) => readonly Candidate[]) => {
  const known = new Map<Lane<BuildStory>, readonly Candidate[]>();
  return (lane) => {
    const [first] = lane.inTurn;
    const found = known.get(lane) ?? (first === undefined ? [] : all.filter((each) => each.buildsFor(first)));
    known.set(lane, found);
    return found;
  };
};

const choose = (build: BuildStory, builders: readonly Candidate[], world: World): Assignment | undefined => {
  const fitting = builders.filter((each) => hasRoom(each) && each.mayHave(build));
  const [first] = fitting;
  if (first === undefined) return undefined;
  // Of two with the same load the first one: it is nearer.
  const best = fitting.reduce((least, each) => (loadOf(each) < loadOf(least) ? each : least), first);
  const because = `${reason(build, best, fitting)}${preferenceInWords(build, preferred(build, world))}`;
  best.taken += 1;
  return { build, builder: best.builder, because };
};

const reason = ({ requested }: BuildStory, best: Candidate, fitting: readonly Candidate[]): string => {
  const chroot = `a chroot for ${requested.codename}/${requested.architecture}`;
  const others = fitting.filter((each) => each !== best).slice(0, 5);
  if (others.length === 0) return `${best.builder} has ${chroot} and room (${best.room} builds at once)`;
  const loads = others.map((each) => `${each.builder} ${loadOf(each).toFixed(2)}`).join(', ');
  return `${best.builder} has the lowest load (${loadOf(best).toFixed(2)}) of those with ${chroot} and room: ${loads}`;
};
