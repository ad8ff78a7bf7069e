import { createHash, randomBytes } from 'node:crypto';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { Sha256 } from '../../domain/debian/names.ts';
import { NodeName } from '../../domain/node/events.ts';
import { unknownNode } from '../../domain/node/node.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { Answer } from '../../ports/api.ts';
import type { Voice } from '../../ports/tell.ts';
import { claims, running } from '../../projections/build-queue.ts';
import { addedNodes, chrootsAt } from '../../projections/nodes.ts';
import type { Place } from '../../projections/waiting-reason.ts';
import type { World } from '../../projections/world.ts';
import { endingOfNode } from '../endings/ending-of-node.ts';
import { action } from './account-arguments.ts';
import { flag, orNothing } from './arguments.ts';
import type { Command } from './command.ts';
import { changingCommand, type Deed, type Planned, saying } from './deed.ts';

/** `node`: builders on the log of this instance. */
export const node = (world: World, place: Place, voice: Voice): Command =>
  changingCommand(voice, {
    name: 'node',
    summary: 'Lists, adds and removes nodes: builders on the log of this instance, which keep no archive',
    arguments: {
      action: action(['list', 'add', 'remove'], 'What to do'),
      node: {
        codec: orNothing(NodeName),
        positional: true,
        short: undefined,
        fallback: '',
        summary: 'With add and remove: its name, which builds are known by; with list: only this one',
      },
      standby: {
        ...flag('With add: it may copy everything beside the log, keys and people included, and take over the archive'),
        with: ['add'],
      },
    },
    privilege: 'admin',
    plan: (given) => {
      if (given.action === 'list') return right(list(world, given.node));
      if (given.node === undefined) return left(refusal('bad-argument', '"node" is missing', 'say which one'));
      if (given.action === 'remove') return remove(given.node, world);
      return given.node === place.builder ? left(ourselves(place.builder)) : add(given.node, given.standby);
    },
  });

const list = (world: World, only: NodeName | undefined): Answer => {
  const json = addedNodes(world.nodes)
    .filter(({ node: name }) => only === undefined || name === only)
    .map((story) => ({
      node: story.node as string,
      standby: story.isStandby,
      working: story.process !== undefined,
      since: story.process?.since ?? null,
      address: story.process?.address ?? null,
      room: story.process?.room ?? null,
      building: running(world.builds, story.node).length,
      chroots: chrootsAt(story),
    }));
  const lines = json.map(
    ({ node: name, standby, working, since, building, room, chroots }) =>
      `${name}: ${working ? `works since ${since}, ${building} of ${room} builds, chroots: ${chroots.join(' ') || 'none yet'}` : standby ? 'may take over the archive' : 'does not work'}\n`,
  );
  return { json, plain: lines.length === 0 ? 'no nodes\n' : lines.join('') };
};

/** Only the hash of the secret is kept, on the log: the secret is shown once. */
const add = (name: NodeName, isStandby: boolean): Planned => {
  const secret = randomBytes(32).toString('base64url');
  const key = createHash('sha256').update(secret).digest('hex') as Sha256;
  return right<never, Deed>({
    was: undefined,
    says: [{ command: 'AddNode', added: { type: isStandby ? 'StandbyAdded' : 'NodeAdded', node: name, key } }],
    would: () => ({
      json: { node: name },
      plain: `${name} would be added${isStandby ? ' as a standby' : ''}; its secret would be shown once\n`,
      basis: { node: name, standby: isStandby },
    }),
    perform: async (say) => {
      const said = await say();
      if (isLeft(said)) return said;
      return right({ json: { node: name, login: `${name}:${secret}` }, plain: `${name}:${secret}\n` });
    },
  });
};

const remove = (name: NodeName, world: World): Planned => {
  if (world.nodes.get(name)?.key === undefined) return left(unknownNode(name));
  const claimed = claims(world.builds, name);
  const builds = claimed.map(({ id }) => id as string);
  const goElsewhere = builds.length === 0 ? '' : `; ${builds.length} builds go elsewhere`;
  return right<never, Deed>(
    saying(world.nodes.get(name)?.key, [{ command: 'RemoveNode', node: name }], (_, isDone) => ({
      json: { node: name, builds },
      plain: `${name} ${isDone ? 'is' : 'would be'} removed, and its secret opens nothing${goElsewhere}\n`,
      ends: isDone ? undefined : endingOfNode(name, claimed),
    })),
  );
};

const ourselves = (builder: string): Refusal =>
  refusal('node-exists', `${builder} is this builder itself`, 'give the node another name');
