import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLeft } from 'fp-ts/lib/Either.js';
import { type AccountCommand, accountDecider } from '../../../src/domain/account/account.ts';
import type { AccountEvent, TokenId } from '../../../src/domain/account/events.ts';
import type { Role, Scope } from '../../../src/domain/account/privilege.ts';
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
  oscarsToken,
  otherKey,
  registered,
  revoked,
  tokenIssued,
  tokenRevoked,
} from '../../support/account-examples.ts';
import { source } from '../../support/fixed-examples.ts';
import { givenFor } from '../../support/given.ts';

const given = givenFor(accountDecider);

const about = { account: oscar };
const register: AccountCommand = { command: 'RegisterAccount', ...about, role: 'user', isActive: false };
const vouchFor = (role: Role): AccountCommand => ({ command: 'RegisterAccount', ...about, role, isActive: true });
const activate: AccountCommand = { command: 'ActivateAccount', ...about };
const change = (role: Role): AccountCommand => ({ command: 'ChangeRole', ...about, role });
const disable: AccountCommand = { command: 'DisableAccount', ...about };
const enable: AccountCommand = { command: 'EnableAccount', ...about };
const issue = (scope: Scope = 'login'): AccountCommand => ({
  command: 'IssueToken',
  ...about,
  issued: tokenIssued(scope),
});
const revoke: AccountCommand = { command: 'RevokeToken', ...about, token: oscarsToken };
const submit = (event = keySubmitted()): AccountCommand => ({
  command: 'SubmitUploaderKey',
  ...about,
  submitted: event,
});
const approve = (event = approved()): AccountCommand => ({ command: 'ApproveUploader', ...about, approved: event });
const revokeUploader: AccountCommand = { command: 'RevokeUploader', ...about, repository: acme };
const erase: AccountCommand = { command: 'ErasePerson', ...about };

const all: readonly AccountCommand[] = [
  register,
  activate,
  change('staff'),
  disable,
  enable,
  issue(),
  revoke,
  submit(),
  approve(),
  revokeUploader,
  erase,
];

/** What each command leads to, in each state: events, or the rule that forbids it. */
const table: readonly {
  readonly state: string;
  readonly history: readonly AccountEvent[];
  readonly outcomes: readonly (readonly AccountEvent[] | string)[];
}[] = [
  {
    state: 'that does not exist',
    history: [],
    outcomes: [[registered], ...Array<string>(10).fill('no-account')],
  },
  {
    state: 'that is registered',
    history: [registered],
    outcomes: [
      [],
      [activated],
      [becomes('staff')],
      [disabled],
      [],
      'account-inactive',
      [],
      [keySubmitted()],
      'other-key',
      [],
      'still-enabled',
    ],
  },
  {
    state: 'in use',
    history: [registered, activated, becomes('staff'), tokenIssued(), keySubmitted(), approved()],
    outcomes: [[], [], [], [disabled], [], [], [tokenRevoked], [], [], [revoked], 'still-enabled'],
  },
  {
    state: 'that is disabled',
    history: [registered, activated, tokenIssued(), keySubmitted(), approved(), disabled],
    outcomes: [
      [],
      'account-disabled',
      [becomes('staff')],
      [],
      [enabled],
      'account-disabled',
      [tokenRevoked],
      'account-disabled',
      'account-disabled',
      [revoked],
      [erased],
    ],
  },
  {
    state: 'that was erased',
    history: [registered, activated, disabled, erased],
    outcomes: [...Array<string>(10).fill('no-account'), []],
  },
];

describe('An account', () => {
  for (const { state, history, outcomes } of table) {
    for (const [index, command] of all.entries()) {
      const outcome = outcomes[index] ?? [];
      const said = typeof outcome === 'string' ? `refuses by ${outcome}` : `says ${outcome.map(({ type }) => type)}`;
      it(`${state} ${said} when told ${command.command}`, () => {
        const decision = given(...history).when(command);
        if (typeof outcome === 'string') decision.thenRefused(outcome);
        else decision.thenSaid(...outcome);
      });
    }
  }

  for (const [role, scope, fits] of [
    ['user', 'login', true],
    ['user', 'staff', false],
    ['user', 'admin', false],
    ['staff', 'staff', true],
    ['staff', 'admin', false],
    ['admin', 'admin', true],
  ] as const) {
    it(`of a ${role} ${fits ? 'may' : 'may not'} hold a token for ${scope}`, () => {
      const decision = given(registered, activated, becomes(role)).when(issue(scope));
      if (fits) decision.thenSaid(tokenIssued(scope));
      else decision.thenRefused('scope-above-role');
    });
  }

  it('holds no more tokens than anybody can look after', () => {
    const tokens = Array.from({ length: 100 }, (_, n) => ({
      ...tokenIssued(),
      token: String(n).padStart(16, '0') as TokenId,
    }));
    given(registered, activated, ...tokens)
      .when(issue())
      .thenRefused('too-many-tokens');
    given(registered, activated, ...tokens.slice(1))
      .when(issue())
      .thenSaid(tokenIssued());
  });

  it('loses its approvals with another key, and keeps them with a newer copy of the same', () => {
    const history = [registered, activated, keySubmitted(), approved()];
    given(...history, keySubmitted(otherKey))
      .when(revokeUploader)
      .thenNothing();
    given(...history, keySubmitted(otherKey))
      .when(approve())
      .thenRefused('other-key');
    given(...history)
      .when(submit(keySubmitted(undefined, 'prolonged')))
      .thenSaid(keySubmitted(undefined, 'prolonged'));
    given(...history, keySubmitted(undefined, 'prolonged'))
      .when(revokeUploader)
      .thenSaid(revoked);
  });

  it('is whole at once when an administrator vouches for it', () => {
    given().when(vouchFor('user')).thenSaid(registered, activated);
    given().when(vouchFor('admin')).thenSaid(registered, becomes('admin'), activated);
    given(registered).when(vouchFor('admin')).thenNothing();
  });

  it('may be approved for less, or for more', () => {
    const narrow = approved({ sources: [source('hello')] });
    given(registered, activated, keySubmitted(), approved()).when(approve(narrow)).thenSaid(narrow);
    given(registered, activated, keySubmitted(), narrow).when(approve(narrow)).thenNothing();
  });

  it('tells of its refusals what to do', () => {
    const decision = accountDecider.decide(erase, [registered].reduce(accountDecider.evolve, accountDecider.initial));
    assert.ok(isLeft(decision));
    assert.match(decision.left.remedy, /disable it first/);
  });
});
