import assert from 'node:assert/strict';
import { asks } from '../../support/asks.ts';
import { stored } from '../../support/fixed-examples.ts';
import type { Daemon } from '../../support/in-memory-daemon.ts';

export const remote = 'bert.example.org:8066';
export const node = 'cookie';
export const webhookHost = 'ci.example.org';

/** One of each that an instance knows without declaring it: a webhook, a remote and a node. */
export const makeAcquaintances = async (daemon: Daemon): Promise<void> => {
  const fingerprint = 'D'.repeat(40);
  assert.ok(!(await asks(daemon, 'webhook', { action: 'add', url: `https://${webhookHost}/hook` })).refused);
  const key = stored(`${fingerprint}.asc`);
  await daemon.configure({ type: 'RemoteConfigured', remote, url: `http://${remote}`, fingerprint, key } as never);
  await daemon.configure({ type: 'RemoteActivated', remote, repositories: [], tags: ['fast'] } as never);
  await daemon.configure({ type: 'NodeAdded', node, key: 'a'.repeat(64) } as never);
};
