import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { archiveClient } from '../../src/adapters/archive-link/archive-client.ts';
import { deliveries } from '../../src/adapters/file-store/deliveries.ts';
import type { NodeName } from '../../src/domain/node/events.ts';
import { noBearings, serve } from '../adapters/http/served.ts';
import { memoryArchiveWay } from '../support/memory-archive-way.ts';
import { removeFolder } from '../support/remove-folder.ts';
import { archiveWayContract } from './archive-way.ts';

const [bert, secret] = ['bert' as NodeName, 'the-secret-of-bert-is-long'];

archiveWayContract('over HTTP', async (test, { seat, onOffer }) => {
  const folder = await mkdtemp(join(tmpdir(), 'mini-buildd-way-'));
  test.after(() => removeFolder(folder));
  const { url } = await serve(test, {
    files: onOffer,
    nodes: {
      admits: (name, said) => (name === bert && said === secret ? bert : undefined),
      hear: () => undefined,
      bearings: () => noBearings,
      deliveries: deliveries(join(folder, 'deliveries'), onOffer),
      standby: { isStandby: (node) => node === bert, seat, onOffer },
      permit: async () => undefined,
    },
  });
  let where = url;
  const access = { where: async () => where, node: bert, secret, patienceMs: 5_000 };
  return {
    clientOf: (closing) => archiveClient(access, closing),
    leave: () => {
      where = 'http://127.0.0.1:1';
    },
  };
});

archiveWayContract('in memory', async (_test, desk) => {
  let isThere = true;
  return {
    clientOf: memoryArchiveWay(bert, () => (isThere ? desk : undefined)),
    leave: () => {
      isThere = false;
    },
  };
});
