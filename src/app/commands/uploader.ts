import { left, right } from 'fp-ts/lib/Either.js';
import type { AccountId } from '../../domain/account/events.ts';
import { LoginName } from '../../domain/account/person.ts';
import { suitesOf } from '../../domain/configuration/configuration.ts';
import { type Fingerprint, RepositoryId, SourceName, SuiteName } from '../../domain/debian/names.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import { type Approval, type ApprovalOf, approvalsInWords, limits } from '../../domain/upload/authorisation.ts';
import type { Answer } from '../../ports/api.ts';
import type { People } from '../../ports/people.ts';
import type { Voice } from '../../ports/tell.ts';
import type { Accounts } from '../../projections/accounts.ts';
import type { World } from '../../projections/world.ts';
import { uploaderRows } from '../accounts/account-rows.ts';
import type { KeyParts } from '../accounts/uploader-keys.ts';
import { keysHolding } from '../administration/narrowed.ts';
import { endingOfApproval } from '../endings/ending-of-account.ts';
import { action, limitedTo, maybeFingerprint, maybeLogin, maybeRepository } from './account-arguments.ts';
import type { Command, Present } from './command.ts';
import { changingCommand, type Planned, saying } from './deed.ts';
import { holding } from './holding.ts';

type Parts = KeyParts & {
  readonly world: World;
  readonly people: People;
  readonly now: () => number;
};

/** `uploader`: who may upload with the key they handed in. */
export const uploader = (parts: Parts, voice: Voice): Command =>
  changingCommand(voice, {
    name: 'uploader',
    summary: 'Lists the keys that users handed in, approves them for repositories, and takes that back',
    arguments: {
      action: action(['list', 'approve', 'revoke'], 'What to do'),
      login: maybeLogin('Whom it is about; with list: only them'),
      repository: { ...maybeRepository('Where they may upload to, or may no longer'), with: ['approve', 'revoke'] },
      fingerprint: {
        ...maybeFingerprint('With approve: the fingerprint that you checked with its owner'),
        with: ['approve'],
      },
      suites: { ...limitedTo(SuiteName, 'With approve: only these suites (default: all)'), with: ['approve'] },
      sources: {
        ...limitedTo(SourceName, 'With approve: only these source packages (default: all)'),
        with: ['approve'],
      },
      holding: {
        ...holding('With list: only keys with this in login, name, key, state or repository'),
        with: ['list'],
      },
    },
    privilege: 'staff',
    present: (given) => presentOf(given, parts),
    plan: async ({ action: what, login, repository, fingerprint, suites, sources, holding: part }) => {
      if (what === 'list') return right(await list(parts, login, part));
      if (login === undefined) return left(missing('login', 'say whom it is about'));
      if (repository === undefined) return left(missing('repository', 'name a repository'));
      const account = (await parts.people.byLogin(login))?.account;
      if (account === undefined) return left(noUser(login));
      if (what === 'revoke') return revoke({ login, account, repository }, parts);
      if (fingerprint === undefined)
        return left(missing('fingerprint', 'give it as the owner of the key confirmed it'));
      return approve({ login, account, repository, fingerprint, suites, sources }, parts);
    },
  });

/** What an approval is limited to now. */
const presentOf = async (given: Present, { people, world }: Parts): Promise<Present> => {
  const { action: what, login, repository } = given;
  const person = what === 'approve' && LoginName.is(login) ? await people.byLogin(login) : undefined;
  const approval = person && RepositoryId.is(repository) ? present(world, person.account, repository) : undefined;
  return approval === undefined
    ? {}
    : { suites: (approval.suites ?? []).join(','), sources: (approval.sources ?? []).join(',') };
};

type Meant = { readonly login: string; readonly account: AccountId; readonly repository: RepositoryId };

const revoke = ({ login, account, repository }: Meant, { world }: Parts): Planned =>
  right(
    saying(
      present(world, account, repository),
      [{ command: 'RevokeUploader', account, repository }],
      (said, isDone) => {
        const changed = said.length > 0;
        const may = isDone ? 'may not upload' : 'could not upload';
        return {
          json: { login, repository, changed },
          plain: changed
            ? `${login} ${may} to ${repository} any more\n`
            : `${login} ${isDone ? 'could' : 'can'} not upload to ${repository}\n`,
          ...(changed && !isDone && { ends: endingOfApproval(account, repository, world) }),
        };
      },
    ),
  );

const approve = (
  { login, account, repository, fingerprint, ...approval }: Meant & Approval & { readonly fingerprint: Fingerprint },
  { world }: Parts,
): Planned => {
  const refused = unfit(repository, approval, world) ?? heldByAnother(account, fingerprint, world.accounts);
  if (refused !== undefined) return left(refused);
  const before = present(world, account, repository);
  const approved = { type: 'UploaderApproved', account, fingerprint, repository, ...approval } as const;
  return right(
    saying(before, [{ command: 'ApproveUploader', account, approved }], (said, isDone) => {
      const changed = said.length > 0;
      const may = isDone || !changed ? 'may' : 'could';
      return {
        json: { login, repository, fingerprint, ...approval, changed },
        plain: `${login} ${may} upload to ${repository}${limits(approval)} with the key ${fingerprint}${changed && before !== undefined ? `; before: to ${repository}${limits(before)}` : ''}\n`,
      };
    }),
  );
};

/** What the account may upload there now. */
const present = ({ accounts }: World, account: AccountId, repository: RepositoryId): Approval | undefined =>
  accounts.get(account)?.uploadsTo.get(repository);

const unfit = (id: RepositoryId, { suites }: Approval, { configuration }: World): Refusal | undefined => {
  const repository = configuration.repositories.get(id);
  if (repository === undefined) {
    const known = [...configuration.repositories.keys()].join(', ');
    return refusal('no-repository', `there is no repository "${id}"`, `repositories are ${known || 'not set up yet'}`);
  }
  const known = new Set(suitesOf(configuration, repository).map(({ suite }) => suite.suite));
  const strange = (suites ?? []).filter((suite) => !known.has(suite));
  return strange.length === 0
    ? undefined
    : refusal('no-suite', `${id} has no suite ${strange.join(', ')}`, `its suites are ${[...known].join(', ')}`);
};

/** Uploads, and the mail about them, would belong to two people. */
const heldByAnother = (account: AccountId, fingerprint: Fingerprint, accounts: Accounts): Refusal | undefined => {
  const other = [...accounts].find(
    ([id, { key, uploadsTo }]) => id !== account && key?.fingerprint === fingerprint && uploadsTo.size > 0,
  );
  return other === undefined
    ? undefined
    : refusal(
        'key-of-another',
        `the key ${fingerprint} is approved for the account ${other[0]}`,
        'find out whose key it is, and revoke the other approval',
      );
};

const list = async (parts: Parts, only: string | undefined, part = ''): Promise<Answer> => {
  const all = keysHolding(await uploaderRows(parts.world.accounts, parts.world.configuration, parts), part);
  const json = all.filter(({ login }) => only === undefined || login === only);
  return { json, plain: json.length === 0 ? 'nobody handed a key in\n' : json.map(line).join('') };
};

const line = (row: {
  readonly login: string | null;
  readonly account: string;
  readonly status: string;
  readonly fingerprint: string;
  readonly userIds: readonly string[];
  readonly concern: string | null;
  readonly uploadsTo: readonly ApprovalOf[];
}): string => {
  const uploads = approvalsInWords(row.uploadsTo) ?? 'waits for approval';
  const remarks = [row.status === 'active' ? undefined : row.status, row.concern].filter((word) => word != null);
  return `${row.login ?? row.account}: ${row.fingerprint} ${row.userIds.join(', ')}: ${uploads}${remarks.map((remark) => ` [${remark}]`).join('')}\n`;
};

const missing = (name: string, remedy: string): Refusal => refusal('bad-argument', `"${name}" is missing`, remedy);

const noUser = (login: string): Refusal => refusal('no-user', `nobody has the login "${login}"`, 'see uploader list');
