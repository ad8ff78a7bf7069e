import type { Instant } from '../domain/codec.ts';
import type { Sha256 } from '../domain/debian/names.ts';
import { type DiskRoom, lackOfRoom } from '../domain/disk-room.ts';
import type { NodeChrootReport, NodeName, NodePurpose, NodeStarted } from '../domain/node/events.ts';
import type { Recorded } from './recorded.ts';
import { foldTemplates, noTemplates, type Templates } from './templates.ts';

/** `full`: its disk as it was when it filled, until there is room again. */
type NodeProcess = NodeStarted & {
  readonly token: number;
  readonly since: Instant;
  readonly full: DiskRoom | undefined;
};

/** A builder on our own log. */
export type NodeStory = {
  readonly node: NodeName;
  /** SHA-256 of its secret; `undefined` when it was removed. */
  readonly key: Sha256 | undefined;
  readonly addedAt: Instant;
  /** Whether it may have keys and people, and take over. */
  readonly isStandby: boolean;
  /** The process that works as it, and its token; `undefined` when none does. */
  readonly process: NodeProcess | undefined;
  /** Whether one ever did: a web replica has a secret, and never does. */
  readonly hasWorked: boolean;
  /** What it has chroots for. Folded in place. */
  readonly templates: Readonly<Record<NodePurpose, Templates>>;
};

/** Removed ones too: builds may still be theirs. Folded in place: ask, do not keep. */
export type Nodes = Map<NodeName, NodeStory>;

export const noNodes = (): Nodes => new Map();

/** `own` are the templates of the instance, after the same event: a node begins with what is configured by then. */
export const foldNodes = (nodes: Nodes, recorded: Recorded, own: Templates): void => {
  const { event, recordedAt, revision } = recorded;
  switch (event.type) {
    case 'NodeAdded':
    case 'StandbyAdded': {
      const { node, key, type } = event;
      const isStandby = type === 'StandbyAdded';
      const templates = { builds: configuredIn(own), checks: configuredIn(own) };
      nodes.set(node, { node, key, addedAt: recordedAt, isStandby, process: undefined, hasWorked: false, templates });
      break;
    }
    case 'NodeRemoved':
      change(nodes, event.node, { key: undefined, process: undefined });
      break;
    case 'NodeStarted':
      change(nodes, event.node, {
        process: { ...event, token: revision, since: recordedAt, full: undefined },
        hasWorked: true,
      });
      break;
    case 'NodeStopped':
      change(nodes, event.node, { process: undefined });
      break;
    case 'NodeDiskFilled':
      changeProcess(nodes, event.node, { full: event.room });
      break;
    case 'NodeDiskFreed':
      changeProcess(nodes, event.node, { full: undefined });
      break;
    case 'NodeChrootPrepared':
    case 'NodeChrootFailed':
    case 'NodeChrootLost': {
      const templates = nodes.get(event.node)?.templates[event.purpose];
      if (templates !== undefined) foldTemplates(templates, { ...recorded, event: asOwn(event) });
      break;
    }
    case 'ChrootPrepared':
    case 'ChrootFailed':
    case 'ChrootLost':
    case 'ChrootLogKept':
      break;
    default:
      for (const { templates } of nodes.values()) {
        foldTemplates(templates.builds, recorded);
        foldTemplates(templates.checks, recorded);
      }
  }
};

const configuredIn = (own: Templates): Templates => {
  const templates = noTemplates();
  for (const [name, template] of own) {
    const { chroot } = template;
    if (chroot === undefined) continue;
    templates.set(name, {
      chroot,
      prepared: undefined,
      failed: undefined,
      isOutdated: false,
      log: undefined,
      former: [],
    });
  }
  return templates;
};

/** What a node says of a template, as the instance says it of its own. */
const asOwn = (report: NodeChrootReport) => {
  switch (report.type) {
    case 'NodeChrootPrepared': {
      const { codename, architecture, generation, preparedAt, seconds } = report;
      return { type: 'ChrootPrepared', codename, architecture, generation, preparedAt, seconds } as const;
    }
    case 'NodeChrootFailed': {
      const { codename, architecture, stage, fact } = report;
      return { type: 'ChrootFailed', codename, architecture, stage, fact } as const;
    }
    case 'NodeChrootLost': {
      const { codename, architecture, generation, fact } = report;
      return { type: 'ChrootLost', codename, architecture, generation, fact } as const;
    }
  }
};

const change = (nodes: Nodes, node: NodeName, news: Partial<NodeStory>): void => {
  const known = nodes.get(node);
  if (known !== undefined) nodes.set(node, { ...known, ...news });
};

const changeProcess = (nodes: Nodes, node: NodeName, news: Partial<NodeProcess>): void => {
  const process = nodes.get(node)?.process;
  if (process !== undefined) change(nodes, node, { process: { ...process, ...news } });
};

/** Those that were added and not removed. */
export const addedNodes = (nodes: Nodes): readonly NodeStory[] =>
  [...nodes.values()].filter(({ key }) => key !== undefined);

/** The same on every page: why it is given no builds. */
export const noRoomAt = (node: NodeName, full: DiskRoom): string =>
  `node ${node} has no room: ${lackOfRoom(full, 'its disk')}`;

/** `CODENAME/ARCHITECTURE` of each chroot that it can build in. */
export const chrootsAt = ({ templates: { builds } }: NodeStory): readonly string[] =>
  [...builds.values()].flatMap(({ chroot, prepared }) =>
    chroot === undefined || prepared === undefined ? [] : [`${prepared.codename}/${prepared.architecture}`],
  );
