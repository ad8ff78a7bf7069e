import type { UploadState } from './list-models.ts';
import type { Look } from './parts.ts';

export const uploadLook: Readonly<Record<UploadState, Look>> = {
  received: 'busy',
  accepted: 'busy',
  rejected: 'bad',
  failed: 'bad',
  installed: 'busy',
  published: 'good',
};
