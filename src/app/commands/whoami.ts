import { right } from 'fp-ts/lib/Either.js';
import type { AccountId } from '../../domain/account/events.ts';
import type { Configuration } from '../../domain/configuration/configuration.ts';
import { type ApprovalOf, approvalsInWords } from '../../domain/upload/authorisation.ts';
import { type PersonalDataParts, personalData } from '../accounts/personal-data.ts';
import { concern, keyOf } from '../accounts/uploader-keys.ts';
import { flag } from './arguments.ts';
import { type Command, command } from './command.ts';

/** `whoami`: who one is here, and what one may do. */
export const whoami = ({
  now,
  configuration,
  ...parts
}: PersonalDataParts & { readonly now: () => number; readonly configuration: () => Configuration }): Command =>
  command({
    name: 'whoami',
    summary: 'Shows who you are here, and what you may do',
    arguments: { everything: flag('With all that is stored about you here') },
    privilege: 'none',
    run: async ({ everything }, actor, { privilege, shown }) => {
      const { accounts, people } = parts;
      const account = actor.kind === 'account' ? (actor.name as AccountId) : undefined;
      const person = account && (await people.byAccount(account));
      const story = account && accounts.get(account);
      const key = story && (await keyOf(story, parts));
      const warning = key && concern(key, now());
      const json = {
        login: person?.login ?? null,
        fullName: person?.fullName ?? null,
        email: person?.email ?? null,
        account: account ?? null,
        role: story?.role ?? null,
        privilege,
        shown,
        identities: account === undefined ? [] : (await people.kept(account)).identities,
        toldOf: account === undefined ? [] : toldOf(account, configuration()),
        key:
          key === undefined || story === undefined
            ? null
            : {
                fingerprint: key.fingerprint,
                userIds: key.userIds,
                expiresAt: key.expiresAt,
                concern: warning ?? null,
                uploadsTo: [...story.uploadsTo].map(([repository, approval]) => ({
                  ...{ repository, ...approval, configured: configuration().repositories.has(repository) },
                })),
              },
        ...(everything && account !== undefined ? { everything: await personalData(account, parts) } : {}),
      };
      const plain =
        account === undefined
          ? 'anonymous, with no privilege\n'
          : `${json.login} (${json.role}, account ${account}), by ${shown} with the privilege "${privilege}"\n${
              json.key === null ? '' : keyLine(json.key)
            }${'everything' in json ? `${JSON.stringify(json.everything, null, 2)}\n` : ''}`;
      return right({ json, plain });
    },
  });

const keyLine = ({ fingerprint, concern, uploadsTo }: OwnKey): string => {
  const may = approvalsInWords(uploadsTo);
  const counts = uploadsTo.some(({ configured }) => configured);
  const standing = may === undefined ? 'waits for approval' : counts ? `may upload to ${may}` : may;
  return `your key ${fingerprint}: ${standing}${concern === null ? '' : ` [${concern}]`}\n`;
};

type OwnKey = {
  readonly fingerprint: string;
  readonly concern: string | null;
  readonly uploadsTo: readonly ApprovalOf[];
};

/** What administrators have an account told of, whatever becomes of it. */
const toldOf = (account: AccountId, { instance, repositories }: Configuration): readonly string[] => [
  ...(instance?.notify.includes(account) === true ? ['the instance'] : []),
  ...[...repositories.values()].flatMap(({ repository, notify }) =>
    notify.includes(account) ? [`repository ${repository}`] : [],
  ),
];
