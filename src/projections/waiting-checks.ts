import { type CheckStory, runningChecks } from './checks.ts';
import { addedNodes } from './nodes.ts';
import { type Template, templateFor } from './templates.ts';
import type { Place } from './waiting-reason.ts';
import type { World } from './world.ts';

/** The tools of one build, side by side. */
const leastRoom = 3;

/** Who builds nothing checks nothing. */
const roomOf = ({ room }: Place): number => (room === 0 ? 0 : Math.max(room, leastRoom));

/** Checks that `place` may run now, oldest first. */
export const runnableChecks = (world: World, place: Place): readonly CheckStory[] => {
  const { checks, engine } = world;
  if (engine === 'stopped') return [];
  const free = roomOf(place) - runningChecks(checks, place.builder).length;
  const isReady = (check: CheckStory): boolean => check.status === 'requested' && obstacle(check, world) === undefined;
  return free <= 0 ? [] : checks.open.values().filter(isReady).take(free).toArray();
};

/** What a person asks whose upload waits for a check: what does the check wait for? */
export const whyChecking = (check: CheckStory, world: World, place: Place): string => {
  if (check.status === 'running') return `it runs on ${check.builder}, attempt ${check.attempts}`;
  if (world.engine === 'stopped') return 'the engine is stopped';
  const room = roomOf(place);
  if (room === 0) return whereElse(check, world, place);
  const isFull = runningChecks(world.checks, place.builder).length >= room;
  return (
    obstacle(check, world) ?? (isFull ? `all ${room} places for checks on ${place.builder} are taken` : 'it is next')
  );
};

const whereElse = ({ requested }: CheckStory, { checkTemplates, nodes }: World, { builder }: Place): string => {
  const { codename, architecture } = requested;
  if (templateFor(checkTemplates, requested).chroot === undefined)
    return `no builder has a chroot for ${codename}/${architecture}`;
  const fitting = addedNodes(nodes).filter(
    ({ templates }) => templateFor(templates.checks, requested).prepared !== undefined,
  );
  if (fitting.length === 0)
    return `nothing is checked on ${builder}, and no node has a chroot for checks of ${codename}/${architecture}`;
  const names = fitting.map(({ node, process }) => (process === undefined ? `${node} (stopped)` : node));
  return `it is next where there is a place: ${names.join(', ')}`;
};

/** Why a check cannot be run, whatever the load; `undefined` when it can. Its chroot is made after that of builds. */
const obstacle = ({ requested }: CheckStory, { templates, checkTemplates }: World): string | undefined => {
  const { codename, architecture } = requested;
  const template = templateFor(checkTemplates, requested);
  if (template.prepared !== undefined) return undefined;
  const name = `${codename}/${architecture}`;
  if (template.chroot === undefined) return `no builder has a chroot for ${name}`;
  if (template.failed !== undefined)
    return `the chroot for checks of ${name} could not be prepared ${because(template)}`;
  const ofBuilds = templateFor(templates, requested);
  return ofBuilds.prepared === undefined && ofBuilds.failed !== undefined
    ? `the chroot for ${name} could not be prepared ${because(ofBuilds)}`
    : `the chroot for checks of ${name} is being prepared`;
};

const because = ({ failed }: Template): string => (failed === undefined ? '' : `(${failed.stage}: ${failed.fact})`);
