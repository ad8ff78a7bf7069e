import type { Either } from 'fp-ts/lib/Either.js';
import { left, right } from 'fp-ts/lib/Either.js';
import type { Decider } from '../decider.ts';
import { type Refusal, refusal } from '../refusal.ts';
import type { NodeAdded, NodeEvent, NodeName, NodeReport, NodeStarted, StandbyAdded } from './events.ts';

/**
 * `token` is the revision of the event by which a process last began to work as it; `undefined` when none does. `isFull`: as that process said of its
 * disk last.
 */
export type Node = {
  readonly events: number;
  readonly isAdded: boolean;
  readonly token: number | undefined;
  readonly isFull: boolean;
};

export type NodeCommand =
  | { readonly command: 'AddNode'; readonly added: NodeAdded | StandbyAdded }
  | { readonly command: 'RemoveNode'; readonly node: NodeName }
  | { readonly command: 'StartNode'; readonly started: NodeStarted }
  | { readonly command: 'StopNode'; readonly node: NodeName; readonly token: number }
  | { readonly command: 'ReportNode'; readonly event: NodeReport; readonly token: number };

type Decision = Either<Refusal, readonly NodeEvent[]>;

export const nodeDecider: Decider<Node, NodeCommand, NodeEvent, Refusal> = {
  initial: { events: 0, isAdded: false, token: undefined, isFull: false },
  evolve: ({ events, isAdded, token, isFull }, { type }) => {
    const next = { events: events + 1, isAdded, token, isFull };
    switch (type) {
      case 'NodeAdded':
      case 'StandbyAdded':
        return { ...next, isAdded: true };
      case 'NodeRemoved':
        return { ...next, isAdded: false, token: undefined, isFull: false };
      case 'NodeStarted':
        return { ...next, token: events, isFull: false };
      case 'NodeStopped':
        return { ...next, token: undefined, isFull: false };
      case 'NodeDiskFilled':
        return { ...next, isFull: true };
      case 'NodeDiskFreed':
        return { ...next, isFull: false };
      case 'NodeChrootPrepared':
      case 'NodeChrootFailed':
      case 'NodeChrootLost':
        return next;
    }
  },
  decide: (command, node) => {
    switch (command.command) {
      case 'AddNode':
        return node.isAdded ? left(addedBefore(command.added.node)) : right([command.added]);
      case 'RemoveNode':
        return right(node.isAdded ? [{ type: 'NodeRemoved', node: command.node }] : []);
      case 'StartNode':
        return node.isAdded ? right([command.started]) : left(unknownNode(command.started.node));
      case 'StopNode':
        return right(node.token === command.token ? [{ type: 'NodeStopped', node: command.node }] : []);
      case 'ReportNode':
        return report(command, node);
    }
  },
};

/** Only the process that works as it speaks for it. */
const report = ({ event, token }: Extract<NodeCommand, { command: 'ReportNode' }>, node: Node): Decision =>
  node.token === token
    ? right(isKnown(event, node) ? [] : [event])
    : left(refusal('stale-node', `another process works as ${event.node} by now, or none may`, 'end this one'));

const isKnown = ({ type }: NodeReport, { isFull }: Node): boolean =>
  (type === 'NodeDiskFilled' && isFull) || (type === 'NodeDiskFreed' && !isFull);

const addedBefore = (node: NodeName): Refusal =>
  refusal('node-exists', `${node} is a node already`, `for another secret: node remove ${node}, then add it anew`);

export const unknownNode = (node: string): Refusal =>
  refusal('unknown-node', `${node} is no node of this instance`, `let an administrator add it: node add ${node}`);
