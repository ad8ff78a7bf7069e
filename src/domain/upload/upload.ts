import type { Either } from 'fp-ts/lib/Either.js';
import { left, right } from 'fp-ts/lib/Either.js';
import type { Decider } from '../decider.ts';
import type { UploadId } from '../ids.ts';
import type {
  UploadAccepted,
  UploadEvent,
  UploadFilesRemoved,
  UploadReceived,
  UploadRejected,
  UploadRetried,
} from './events.ts';

export type Upload =
  | { readonly status: 'absent' }
  | { readonly status: 'received' }
  | { readonly status: 'accepted'; readonly files: Files }
  | { readonly status: 'rejected'; readonly files: Files };

/** What became of the files of an upload that is not installed. */
type Files = 'kept' | 'let go' | 'removed';

export type UploadRefusal = 'unknown-upload' | 'already-judged';

export type UploadCommand =
  | { readonly command: 'ReceiveUpload'; readonly received: UploadReceived }
  | { readonly command: 'RetryUpload'; readonly received: UploadReceived; readonly retried: UploadRetried }
  | { readonly command: 'AcceptUpload'; readonly accepted: UploadAccepted }
  | { readonly command: 'RejectUpload'; readonly rejected: UploadRejected }
  /** That it was never installed, whoever commands has seen. */
  | { readonly command: 'LetGoUpload'; readonly upload: UploadId }
  | ({ readonly command: 'RemoveUploadFiles' } & Omit<UploadFilesRemoved, 'type'>);

export const uploadDecider: Decider<Upload, UploadCommand, UploadEvent, UploadRefusal> = {
  initial: { status: 'absent' },
  evolve: (upload, event) => evolve(upload, event),
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
      case 'LetGoUpload':
        return upload.status === 'accepted' && upload.files === 'kept'
          ? right([{ type: 'UploadFilesLetGo', upload: command.upload }])
          : right([]);
      case 'RemoveUploadFiles':
        return removeFiles(command, upload);
    }
  },
};

const evolve = (upload: Upload, event: UploadEvent): Upload => {
  switch (event.type) {
    case 'UploadReceived':
    case 'UploadRetried':
      return { status: 'received' };
    case 'UploadAccepted':
      return { status: 'accepted', files: 'kept' };
    case 'UploadRejected':
      return { status: 'rejected', files: 'kept' };
    case 'UploadFilesLetGo':
      return 'files' in upload ? { ...upload, files: 'let go' } : upload;
    case 'UploadFilesRemoved':
      return 'files' in upload ? { ...upload, files: 'removed' } : upload;
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

/** What was rejected goes without another word; said once. */
const removeFiles = (
  { command, ...removed }: Extract<UploadCommand, { command: 'RemoveUploadFiles' }>,
  upload: Upload,
): Either<UploadRefusal, readonly UploadEvent[]> => {
  const goes = upload.status === 'rejected' ? 'kept' : 'let go';
  return right('files' in upload && upload.files === goes ? [{ type: 'UploadFilesRemoved', ...removed }] : []);
};
