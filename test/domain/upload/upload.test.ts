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
