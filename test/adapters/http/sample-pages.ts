import type { Reader } from '../../../src/adapters/http/views/deed-button.ts';
import type { Happening } from '../../../src/adapters/http/views/happening.ts';
import type { Proof } from '../../../src/adapters/http/views/history-model.ts';
import type { Instance } from '../../../src/adapters/http/views/instance.ts';
import type { Instant } from '../../../src/domain/codec.ts';
import type { EventId } from '../../../src/domain/ids.ts';
import type { Position } from '../../../src/ports/event-log.ts';
import { sealed } from './sample-seals.ts';

export const acme: Instance = {
  name: 'acme',
  version: '1.2.3',
  fingerprint: '0123456789ABCDEF0123456789ABCDEF01234567',
  origin: 'http://buildd.example.org:8066',
};

export const stranger: Reader = { may: () => false, isStranger: true, token: undefined };
export const manager: Reader = { may: () => true, isStranger: false, token: undefined };

export const at = '2026-11-26T09:00:00.000Z' as Instant;

export const happening = (more: Partial<Happening> = {}): Happening => ({
  id: '00000000-0000-4000-8000-000000000001' as EventId,
  position: '7' as Position,
  at,
  type: 'PackageInstalled',
  says: 'installed into trixie-acme-unstable',
  actor: { kind: 'duty', name: 'install packages' },
  causedBy: undefined,
  correlation: 'upload 1',
  stream: 'package-acme-hello',
  package: 'hello',
  distribution: 'trixie-acme-unstable',
  version: '1:2.10-3+b1',
  repository: 'acme',
  build: undefined,
  ...more,
});

/** Of a log that was looked through when it held three events, and has a fourth by now. */
export const proof: Proof = {
  events: 4,
  head: '00000000000000000004' as Position,
  trouble: undefined,
  verified: { position: '00000000000000000003' as Position, digest: 'ab'.repeat(32), at },
  sealing: sealed,
};

/** The tags of a page without what stands in their attributes: a stranger's text adds none and takes none away. */
export const tags = (page: string): string =>
  [...page.matchAll(/<[^>]*>/g)].map(([tag]) => tag.replace(/"[^"]*"/g, '""')).join('\n');

/** Whether nothing in it controls a terminal or turns text around. */
export const isInert = (page: string): boolean =>
  !/[\0-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/.test(page);
