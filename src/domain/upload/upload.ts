import type { Either } from 'fp-ts/lib/Either.js';
import { left, right } from 'fp-ts/lib/Either.js';
import type { Decider } from '../decider.ts';
import type { UploadAccepted, UploadEvent, UploadReceived, UploadRejected, UploadRetried } from './events.ts';

export type Upload =
  | { readonly status: 'absent' }
  | { readonly status: 'received' }
  | { readonly status: 'accepted' }
  | { readonly status: 'rejected' };

export type UploadRefusal = 'unknown-upload' | 'already-judged';

export type UploadCommand =
  | { readonly command: 'ReceiveUpload'; readonly received: UploadReceived }
  | { readonly command: 'RetryUpload'; readonly received: UploadReceived; readonly retried: UploadRetried }
  | { readonly command: 'AcceptUpload'; readonly accepted: UploadAccepted }
  | { readonly command: 'RejectUpload'; readonly rejected: UploadRejected };

export const uploadDecider: Decider<Upload, UploadCommand, UploadEvent, UploadRefusal> = {
  initial: { status: 'absent' },
  evolve: (_, event) => evolve(event),
  decide: (command, upload) => {
    switch (command.command) {
      case 'ReceiveUpload':
        return upload.status === 'absent' ? right([command.received]) : right([]);
      case 'RetryUpload':
        return upload.status === 'absent' ? right([command.received, command.retried]) : right([]);
      case 'AcceptUpload':
        return judge(upload, 'accepted', command.accepted);
      case 'RejectUpload':
        return judge(upload, 'rejected', command.rejected);
    }
  },
};

const evolve = (event: UploadEvent): Upload => {
  switch (event.type) {
    case 'UploadReceived':
    case 'UploadRetried':
      return { status: 'received' };
    case 'UploadAccepted':
      return { status: 'accepted' };
    case 'UploadRejected':
      return { status: 'rejected' };
  }
};

/** A verdict is spoken once; the same again is nothing new, the other one is refused. */
const judge = (
  upload: Upload,
  verdict: 'accepted' | 'rejected',
  event: UploadEvent,
): Either<UploadRefusal, readonly UploadEvent[]> => {
  switch (upload.status) {
    case 'absent':
      return left('unknown-upload');
    case 'received':
      return right([event]);
    default:
      return upload.status === verdict ? right([]) : left('already-judged');
  }
};
