import type { DaemonEvent } from '../../domain/event.ts';
import type { NodeName, NodeReport } from '../../domain/node/events.ts';
import type { Tell } from '../../ports/tell.ts';

/** A voice in which reports of chroots are those of a node: they count only while the process that holds `token` works as it. */
export const reportsOf =
  (tell: Tell, { node, token }: { readonly node: NodeName; readonly token: number }): Tell =>
  (command, because) => {
    const event = command.command === 'Report' ? asNode(command.event, node) : undefined;
    return tell(event === undefined ? command : { command: 'ReportNode', event, token }, because);
  };

const asNode = (event: DaemonEvent, node: NodeName): NodeReport | undefined => {
  switch (event.type) {
    case 'ChrootPrepared':
      return { ...event, type: 'NodeChrootPrepared', node, purpose: 'builds' };
    case 'CheckChrootPrepared':
      return { ...event, type: 'NodeChrootPrepared', node, purpose: 'checks' };
    case 'ChrootFailed':
      return { ...event, type: 'NodeChrootFailed', node, purpose: 'builds' };
    case 'CheckChrootFailed':
      return { ...event, type: 'NodeChrootFailed', node, purpose: 'checks' };
    case 'ChrootLost':
      return { ...event, type: 'NodeChrootLost', node, purpose: 'builds' };
    case 'CheckChrootLost':
      return { ...event, type: 'NodeChrootLost', node, purpose: 'checks' };
    default:
      return undefined;
  }
};
