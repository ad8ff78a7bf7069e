import type { SealingModel, SealLine } from '../../../src/adapters/http/views/seals-model.ts';
import type { Instant } from '../../../src/domain/codec.ts';
import { archiveFingerprint, eventId, sha256 } from '../../support/fixed-examples.ts';

/** The second seal of a log, which adds the events 3 to 4. */
export const secondSeal: SealLine = {
  seal: 2,
  sealedAt: '2026-11-22T11:15:00.000Z' as Instant,
  first: 3,
  last: 4,
  upTo: eventId(4),
  sha256: sha256('two lines'),
  previous: sha256('seal 1'),
  signedBy: [archiveFingerprint],
};

export const sealed: SealingModel = { last: secondSeal, isChecked: true, doubt: undefined, isOverdue: false };

export const unsealed: SealingModel = { last: undefined, isChecked: false, doubt: undefined, isOverdue: false };
