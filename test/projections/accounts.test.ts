import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AccountEvent } from '../../src/domain/account/events.ts';
import type { Role, Scope } from '../../src/domain/account/privilege.ts';
import type { Instant } from '../../src/domain/codec.ts';
import {
  activeAdmins,
  approvedUploaders,
  foldAccounts,
  noAccounts,
  ownersOf,
  privilegeOfAccount,
  privilegeOfToken,
  viewerOf,
} from '../../src/projections/accounts.ts';
import {
  acme,
  activated,
  approved,
  becomes,
  disabled,
  enabled,
  erased,
  keySubmitted,
  oscar,
  oscarsKey,
  oscarsToken,
  otherKey,
  registered,
  revoked,
  tokenIssued,
  tokenRevoked,
} from '../support/account-examples.ts';
import { recordedAll } from '../support/fixed-examples.ts';

const after = (...events: readonly AccountEvent[]) => {
  const accounts = noAccounts();
  for (const recorded of recordedAll(events)) foldAccounts(accounts, recorded);
  return accounts;
};

const before = '2027-02-20T10:14:59.999Z' as Instant;
const expiry = '2027-02-20T10:15:00.000Z' as Instant;

describe('What an account may do', () => {
  for (const [what, events, privilege] of [
    ['that does not exist', [], 'none'],
    ['that is registered', [registered], 'none'],
    ['that is activated', [registered, activated], 'login'],
    ['of staff', [registered, activated, becomes('staff')], 'staff'],
    ['of an administrator', [registered, activated, becomes('admin')], 'admin'],
    ['that is disabled', [registered, activated, becomes('admin'), disabled], 'none'],
    ['that is enabled again', [registered, activated, becomes('admin'), disabled, enabled], 'admin'],
    ['that was erased', [registered, activated, disabled, erased], 'none'],
  ] as const) {
    it(`${what} is ${privilege}`, () => {
      assert.equal(privilegeOfAccount(after(...events), oscar), privilege);
    });
  }

  const roles: readonly Role[] = ['user', 'staff', 'admin'];
  const scopes: readonly Scope[] = ['login', 'staff', 'admin'];
  for (const [r, role] of roles.entries()) {
    for (const [s, scope] of scopes.entries()) {
      it(`by a token for ${scope}, of what is now a ${role}, is the lesser of the two`, () => {
        const accounts = after(registered, activated, becomes('admin'), tokenIssued(scope), becomes(role));
        assert.equal(privilegeOfToken(accounts, oscar, oscarsToken, before), scopes[Math.min(r, s)]);
      });
    }
  }

  it('by a token ends with the token, or with the account', () => {
    const history = [registered, activated, tokenIssued()];
    assert.equal(privilegeOfToken(after(...history), oscar, oscarsToken, expiry), 'none');
    assert.equal(privilegeOfToken(after(...history, tokenRevoked), oscar, oscarsToken, before), 'none');
    assert.equal(privilegeOfToken(after(...history, disabled), oscar, oscarsToken, before), 'none');
    assert.equal(privilegeOfToken(after(...history, disabled, erased), oscar, oscarsToken, before), 'none');
  });

  it('counts administrators that can act', () => {
    assert.deepEqual(activeAdmins(after(registered, activated, becomes('admin'))), [oscar]);
    assert.deepEqual(activeAdmins(after(registered, activated, becomes('admin'), disabled)), []);
  });
});

describe('What of history is somebody’s own', () => {
  const oscarSees = (...events: readonly AccountEvent[]) => [
    ...viewerOf(after(...events), { actor: { kind: 'account', name: oscar }, privilege: 'login', shown: 'session' })
      .names,
  ];
  it('is what the account did, and what its key signed once staff approved that', () => {
    assert.deepEqual(oscarSees(registered, activated, keySubmitted(), approved()), [oscar, oscarsKey]);
  });
  it('is nothing of a key that anybody might have handed in', () => {
    assert.deepEqual(oscarSees(registered, activated, keySubmitted()), [oscar]);
    assert.deepEqual(oscarSees(registered, activated, keySubmitted(), approved(), revoked), [oscar]);
  });
});

describe('Whose uploads a repository takes', () => {
  const history = [registered, activated, keySubmitted(), approved()];
  it('is who was approved for it, with the newest copy of the key', () => {
    const newer = keySubmitted(undefined, 'prolonged');
    assert.deepEqual(approvedUploaders(after(...history, newer), acme), [
      { account: oscar, fingerprint: oscarsKey, file: newer.key, suites: null, sources: null },
    ]);
    assert.deepEqual(approvedUploaders(after(...history), 'other' as typeof acme), []);
  });
  for (const [what, event] of [
    ['the approval is taken back', revoked],
    ['the account is disabled', disabled],
    ['there is another key', keySubmitted(otherKey)],
  ] as const) {
    it(`is nobody when ${what}`, () => {
      assert.deepEqual(approvedUploaders(after(...history, event), acme), []);
    });
  }
});

describe('The owner of a key', () => {
  const submitted = [registered, activated, keySubmitted()];

  it('is who is active and had it approved', () => {
    assert.deepEqual(ownersOf(after(...submitted, approved()), oscarsKey), [oscar]);
  });

  for (const [what, ...events] of [
    ['merely handed it in', ...submitted],
    ['is disabled', ...submitted, approved(), disabled],
    ['has another key', ...submitted, approved(), keySubmitted(otherKey)],
    ['had the approval taken back', ...submitted, approved(), revoked],
  ] as const) {
    it(`is not who ${what}`, () => {
      assert.deepEqual(ownersOf(after(...events), oscarsKey), []);
    });
  }
});
