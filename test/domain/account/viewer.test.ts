import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { shownTo, sightOf, stranger, type Viewer } from '../../../src/domain/account/viewer.ts';
import type { Actor, StreamName } from '../../../src/domain/ids.ts';
import { helloReceived, maintainer } from '../../support/fixed-examples.ts';

const account = '00112233445566aa';
const staff: Viewer = { privilege: 'staff', names: new Set(['ffffffffffffffff']) };
const owner: Viewer = { privilege: 'login', names: new Set([account, maintainer]) };
const other: Viewer = { privilege: 'login', names: new Set(['eeeeeeeeeeeeeeee']) };

const seen = (stream: string, actor: Actor, body: { readonly type: string }) => ({
  stream: stream as StreamName,
  actor,
  body,
});

const upload = seen('upload-1', { kind: 'key', name: maintainer }, helloReceived());
const registered = seen(
  `account-${account}`,
  { kind: 'account', name: 'ffffffffffffffff' },
  { type: 'AccountRegistered' },
);
const byDuty = seen('build-1', { kind: 'duty', name: 'run-builds' }, { type: 'BuildStarted' });
const unheardOf = seen('mail-1', { kind: 'duty', name: 'notify' }, { type: 'MailSent' });

describe('History', () => {
  it('shows strangers that a signed upload came, and neither who signed it nor with what', () => {
    const shown = shownTo(stranger, upload);
    assert.deepEqual(shown?.actor, { kind: 'key', name: '' });
    assert.equal(JSON.stringify(shown).includes(maintainer), false);
    assert.match(JSON.stringify(shown), /"source":"hello"/);
  });

  it('shows strangers no accounts, and nothing of a kind that is not known to be for all', () => {
    assert.equal(shownTo(stranger, registered), undefined);
    assert.equal(shownTo(stranger, unheardOf), undefined);
    assert.equal(shownTo(other, registered), undefined);
  });

  it('shows everybody what the duties do', () => assert.deepEqual(shownTo(stranger, byDuty), byDuty));

  it('shows users their own uploads and their own account, and those of others as to strangers', () => {
    assert.deepEqual(shownTo(owner, upload), upload);
    assert.deepEqual(shownTo(owner, registered), registered);
    assert.deepEqual(shownTo(other, upload), shownTo(stranger, upload));
  });

  it('shows staff everything', () => {
    for (const event of [upload, registered, byDuty, unheardOf]) assert.deepEqual(shownTo(staff, event), event);
  });

  it('names nobody in the sentences of a refusal either', () => {
    const fact = `signed by ${maintainer} (0x${maintainer.slice(-16)}), who is Jane <jane@example.org>, after 1234567 bytes`;
    const shown = shownTo(stranger, seen('upload-1', byDuty.actor, { type: 'UploadRejected', fact } as never));
    assert.deepEqual(shown?.body, {
      type: 'UploadRejected',
      fact: 'signed by … (…), who is Jane <…>, after 1234567 bytes',
    });
  });

  it('is the same for staff and for strangers, and for everybody else as they are', () => {
    assert.equal(sightOf(staff), sightOf({ ...staff, privilege: 'admin' }));
    assert.equal(sightOf(stranger), sightOf({ ...stranger }));
    assert.equal(new Set([stranger, other, owner, staff].map(sightOf)).size, 4);
  });
});
