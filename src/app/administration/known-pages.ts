import type { Caller } from '../../domain/account/caller.ts';
import type { AccountId } from '../../domain/account/events.ts';
import { signersOf } from '../../domain/archive-key/archive-keys.ts';
import type { StreamName } from '../../domain/ids.ts';
import { accountStream, instanceStream, nodeStream } from '../../domain/stream.ts';
import type { WebhookId } from '../../domain/webhook/events.ts';
import type { Ending } from '../../ports/api.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { People } from '../../ports/people.ts';
import { viewerOf } from '../../projections/accounts.ts';
import { claims } from '../../projections/build-queue.ts';
import { addedNodes } from '../../projections/nodes.ts';
import { uploaderRows } from '../accounts/account-rows.ts';
import { doers } from '../accounts/doers.ts';
import { endingOfUploader } from '../endings/ending-of-account.ts';
import { endingOfBuilder } from '../endings/ending-of-builder.ts';
import { endingOfNode } from '../endings/ending-of-node.ts';
import { endingOfWebhook } from '../endings/ending-of-notices.ts';
import { endingOfRemote } from '../endings/ending-of-remote.ts';
import { type Happenings, happeningsOf } from '../pages/happenings.ts';
import { builderLine, type MachineParts, nodeLine, remoteLine, webhookLine } from './machines.ts';
import type { PeopleParts } from './people.ts';

/**
 * What is looked after without being declared: other instances, nodes, webhooks and keys of uploaders. `line` is `undefined` for what
 * was here and is no more; `ends` is what would become of all about it if it were gone.
 */
type Known<Line> = {
  readonly line: Line | undefined;
  readonly ends: Ending | undefined;
  readonly happenings: Happenings;
};

type Log = Pick<EventLog, 'query'>;

type KnownParts = MachineParts & { readonly log: Log; readonly people: Pick<People, 'byAccount' | 'byLogin'> };

export const remotePage = async (parts: KnownParts, remote: string, caller: Caller) => {
  const { world, peers } = parts;
  const story = [...world.remotes.values()].find((each) => each.remote === remote);
  const added = story?.configured === undefined ? undefined : { ...story, configured: story.configured };
  const found = await known(parts, `remote-${remote}` as StreamName, caller, {
    line: added && remoteLine(added, peers.heard(added.remote)?.statement, signersOf(world.configuration)),
    ends: story && endingOfRemote('remove', story, world),
  });
  return found && { ...found, asksToBeKnown: added === undefined && story?.introduced !== undefined };
};

/** There is one, which has the history of the instance. */
export const builderPage = async (parts: KnownParts, builder: string, caller: Caller) => {
  const { world, place } = parts;
  if (builder !== place.builder) return undefined;
  return known(parts, instanceStream, caller, { line: builderLine(world, place), ends: endingOfBuilder(world, place) });
};

export const nodePage = async (parts: KnownParts, node: string, caller: Caller) => {
  const { world, silentNodes } = parts;
  const story = addedNodes(world.nodes).find((each) => each.node === node);
  return known(parts, nodeStream(node), caller, {
    line: story && nodeLine(story, world, silentNodes()),
    ends: story && endingOfNode(node, claims(world.builds, node)),
  });
};

export const webhookPage = async (parts: KnownParts, id: string, caller: Caller) => {
  const { world } = parts;
  const webhook = id as WebhookId;
  const isThere = world.webhooks.has(webhook);
  return known(parts, `webhook-${id}` as StreamName, caller, {
    line: isThere ? webhookLine(webhook, world) : undefined,
    ends: isThere ? endingOfWebhook(webhook, world) : undefined,
  });
};

/** Of somebody's account what their key is about, and no more: staff approve keys, and look after nothing else. */
export const uploaderPage = async (parts: PeopleParts, id: string, caller: Caller) => {
  const { world } = parts;
  const account = id as AccountId;
  const story = world.accounts.get(account);
  const [line] = story === undefined ? [] : await uploaderRows(new Map([[account, story]]), world.configuration, parts);
  const found = await known(parts, accountStream(id), caller, {
    line,
    ends: story && endingOfUploader(story, world.uploads),
  });
  if (found === undefined) return undefined;
  const happenings = found.happenings.filter(({ type }) => type.startsWith('Uploader'));
  if (line === undefined && happenings.length === 0) return undefined;
  return { ...found, happenings, repositories: [...world.configuration.repositories.keys()] as readonly string[] };
};

/** Events of one page. */
const pageLength = 20;

/** `undefined` for what never was. */
const known = async <Line>(
  { world, log, people }: Pick<KnownParts, 'world' | 'log' | 'people'>,
  stream: StreamName,
  caller: Caller,
  about: Pick<Known<Line>, 'line' | 'ends'>,
): Promise<Known<Line> | undefined> => {
  const events = await log.query({ stream, limit: pageLength });
  if (about.line === undefined && events.length === 0) return undefined;
  const viewer = viewerOf(world.accounts, caller);
  return { ...about, happenings: await happeningsOf(events, viewer, doers(world.accounts, people)) };
};
