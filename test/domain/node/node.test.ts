import { describe, it } from 'node:test';
import type { NodeEvent, NodeName } from '../../../src/domain/node/events.ts';
import { type NodeCommand, nodeDecider } from '../../../src/domain/node/node.ts';
import { amd64, sha256, trixie } from '../../support/fixed-examples.ts';
import { givenFor } from '../../support/given.ts';

const given = givenFor(nodeDecider);
const node = 'bert' as NodeName;
const added = (secret = 'a secret'): NodeEvent & { type: 'NodeAdded' } => ({
  type: 'NodeAdded',
  node,
  key: sha256(secret),
});
const removed: NodeEvent = { type: 'NodeRemoved', node };
const started = { type: 'NodeStarted', node, address: 'bert:8066', room: 2, architectures: [amd64] } as const;
const stopped: NodeEvent = { type: 'NodeStopped', node };
const lost = {
  type: 'NodeChrootLost',
  node,
  purpose: 'builds',
  codename: trixie,
  architecture: amd64,
  generation: '1',
  fact: 'the template was not found at start',
} as const;
const start: NodeCommand = { command: 'StartNode', started };
const stop = (token: number): NodeCommand => ({ command: 'StopNode', node, token });
const report = (token: number): NodeCommand => ({ command: 'ReportNode', event: lost, token });

describe('A node', () => {
  it('is added once; for another secret it has to be removed first', () => {
    given().when({ command: 'AddNode', added: added() }).thenSaid(added());
    given(added())
      .when({ command: 'AddNode', added: added('another') })
      .thenRefused('node-exists');
    given(added(), removed)
      .when({ command: 'AddNode', added: added('another') })
      .thenSaid(added('another'));
  });

  it('is removed once, and was never there before it was added', () => {
    given(added()).when({ command: 'RemoveNode', node }).thenSaid(removed);
    given(added(), removed).when({ command: 'RemoveNode', node }).thenNothing();
    given().when({ command: 'RemoveNode', node }).thenNothing();
  });

  it('begins to work only while it is one, and takes over from another process', () => {
    given().when(start).thenRefused('unknown-node');
    given(added(), removed).when(start).thenRefused('unknown-node');
    given(added()).when(start).thenSaid(started);
    given(added(), started).when(start).thenSaid(started);
  });

  it('is spoken for by the process that began last, and by none after it stopped or was removed', () => {
    given(added(), started).when(report(1)).thenSaid(lost);
    given(added(), started, started).when(report(1)).thenRefused('stale-node');
    given(added(), started, started).when(report(2)).thenSaid(lost);
    given(added(), started, lost, started).when(report(3)).thenSaid(lost);
    given(added(), started, stopped).when(report(1)).thenRefused('stale-node');
    given(added(), started, removed).when(report(1)).thenRefused('stale-node');
  });

  it('is stopped by its own process only', () => {
    given(added(), started).when(stop(1)).thenSaid(stopped);
    given(added(), started, started).when(stop(1)).thenNothing();
    given(added(), started, stopped).when(stop(1)).thenNothing();
  });

  it('says once that its disk has filled, and once that there is room again; a process that begins has said nothing', () => {
    const room = { free: 0, size: 1e11, freeFiles: 100, files: 1e6 };
    const filled = { type: 'NodeDiskFilled', node, room } as const;
    const freed = { type: 'NodeDiskFreed', node } as const;
    const say = (event: typeof filled | typeof freed, token = 1): NodeCommand => ({
      command: 'ReportNode',
      event,
      token,
    });
    given(added(), started).when(say(filled)).thenSaid(filled);
    given(added(), started, filled).when(say(filled)).thenNothing();
    given(added(), started).when(say(freed)).thenNothing();
    given(added(), started, filled).when(say(freed)).thenSaid(freed);
    given(added(), started, filled, started).when(say(filled, 3)).thenSaid(filled);
  });
});
