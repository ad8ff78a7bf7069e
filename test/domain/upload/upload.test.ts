import { describe, it } from 'node:test';
import type { UploadEvent, UploadRejected } from '../../../src/domain/upload/events.ts';
import { type UploadCommand, type UploadRefusal, uploadDecider } from '../../../src/domain/upload/upload.ts';
import { helloAccepted, helloReceived, uploadId } from '../../support/fixed-examples.ts';
import { givenFor } from '../../support/given.ts';

const given = givenFor(uploadDecider);

const rejected: UploadRejected = {
  type: 'UploadRejected',
  upload: uploadId(1),
  rule: 'version-rule',
  fact: 'versions in trixie-acme-unstable must match ~acme13\\+[1-9], and 2.10-3 does not',
  remedy: 'append ~acme13+1 to the version',
};

const receive: UploadCommand = { command: 'ReceiveUpload', received: helloReceived() };
const accept: UploadCommand = { command: 'AcceptUpload', accepted: helloAccepted() };
const reject: UploadCommand = { command: 'RejectUpload', rejected };

const letGo: UploadCommand = { command: 'LetGoUpload', upload: uploadId(1) };
const gone: UploadEvent = { type: 'UploadFilesLetGo', upload: uploadId(1) };
const removed = { type: 'UploadFilesRemoved', upload: uploadId(1), files: 3, bytes: 30 } as const;
const remove: UploadCommand = { command: 'RemoveUploadFiles', upload: uploadId(1), files: 3, bytes: 30 };

type Row = readonly [string, readonly UploadEvent[], UploadCommand, readonly UploadEvent[] | UploadRefusal];

const rows: readonly Row[] = [
  ['takes what arrives', [], receive, [helloReceived()]],
  ['judges nothing that never arrived', [], accept, 'unknown-upload'],
  ['rejects nothing that never arrived', [], reject, 'unknown-upload'],
  ['is received once', [helloReceived()], receive, []],
  ['is accepted', [helloReceived()], accept, [helloAccepted()]],
  ['is rejected', [helloReceived()], reject, [rejected]],
  ['is not received again after it was accepted', [helloReceived(), helloAccepted()], receive, []],
  ['is accepted once', [helloReceived(), helloAccepted()], accept, []],
  ['stays accepted', [helloReceived(), helloAccepted()], reject, 'already-judged'],
  ['is not received again after it was rejected', [helloReceived(), rejected], receive, []],
  ['stays rejected', [helloReceived(), rejected], accept, 'already-judged'],
  ['lets go of its files when it failed', [helloReceived(), helloAccepted()], letGo, [gone]],
  ['lets go of them once', [helloReceived(), helloAccepted(), gone], letGo, []],
  ['keeps its files until they are let go', [helloReceived(), helloAccepted()], remove, []],
  ['is rid of them then', [helloReceived(), helloAccepted(), gone], remove, [removed]],
  ['is rid of them when it was rejected', [helloReceived(), rejected], remove, [removed]],
  ['is rid of them once', [helloReceived(), rejected, removed], remove, []],
  ['keeps them until it is judged', [helloReceived()], remove, []],
  ['stays rejected without its files', [helloReceived(), rejected, removed], accept, 'already-judged'],
  ['is rejected once', [helloReceived(), rejected], reject, []],
];

describe('Upload', () => {
  for (const [sentence, history, command, expected] of rows) {
    it(sentence, () => {
      const decision = given(...history).when(command);
      if (typeof expected === 'string') decision.thenRefused(expected);
      else decision.thenSaid(...expected);
    });
  }
});
