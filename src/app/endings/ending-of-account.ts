import type { AccountCommand } from '../../domain/account/account.ts';
import type { AccountId } from '../../domain/account/events.ts';
import { privilegeOf, type Role, suffices } from '../../domain/account/privilege.ts';
import type { RepositoryId } from '../../domain/debian/names.ts';
import type { Ending } from '../../ports/api.ts';
import type { Kept, People } from '../../ports/people.ts';
import type { AccountStory } from '../../projections/accounts.ts';
import type { Uploads } from '../../projections/uploads.ts';
import type { World } from '../../projections/world.ts';
import { livingTokens } from '../accounts/living-tokens.ts';
import { counted, ifAny, some } from './words.ts';

type Parts = {
  readonly world: Pick<World, 'accounts' | 'uploads'>;
  readonly people: Pick<People, 'byAccount' | 'kept'>;
};

/** What `asked` takes from the person it is about: looked at before it is done. `undefined` for what takes nothing. */
export const endingOfAccount = async (asked: AccountCommand, parts: Parts): Promise<Ending | undefined> => {
  const { world } = parts;
  const story = world.accounts.get(asked.account);
  const sessions = await sessionsOf(asked.account, parts);
  const tokens = tokensOf(story, await parts.people.kept(asked.account));
  const underWay = story === undefined ? [] : uploadsOf(story, world.uploads);
  switch (asked.command) {
    case 'RenewPassword':
      return {
        goes: ['The present password.', ...sessions, ...tokens, ...(await identitiesOf(asked.account, parts))],
        depends: ifAny(
          tokens.length,
          'Programs that show one of the tokens are turned away until they have another one.',
        ),
        stays: ['The account, what it may do, its key and its subscriptions.'],
      };
    case 'DisableAccount':
      return {
        goes: ['The right to log in and to upload.', ...sessions],
        depends: [
          ...ifAny(tokens.length, `Programs that show one of ${counted(tokens.length, 'token')} are turned away.`),
          ...approvals(story),
          ...underWay,
          ...subscriptions(story, 'gets no mail'),
        ],
        stays: [
          'Name, password, key, tokens and approvals: they count again when the account is enabled.',
          whatTheyDid,
        ],
      };
    case 'ErasePerson':
      return {
        goes: [
          'Name, address and password, for good.',
          ...sessions,
          ...tokens,
          ...(story?.key === undefined ? [] : [`The key ${story.key.fingerprint}.`]),
        ],
        depends: [...approvals(story), ...underWay, ...subscriptions(story, 'ends')],
        stays: [`${whatTheyDid} It stands there without a name.`],
      };
    case 'ChangeRole':
      return ofRole(story?.role ?? 'user', asked.role);
    default:
      return undefined;
  }
};

/** What taking an approval back puts an end to. */
export const endingOfApproval = (
  account: AccountId,
  repository: RepositoryId,
  { accounts, uploads }: Parts['world'],
): Ending => {
  const story = accounts.get(account);
  const elsewhere = [...(story?.uploadsTo.keys() ?? [])].filter((each) => each !== repository);
  return {
    goes: [`The right to upload to ${repository} with the key ${story?.key?.fingerprint ?? 'of the account'}.`],
    depends: story === undefined ? [] : uploadsOf(story, uploads),
    stays: [
      'The key and the account. What was uploaded before.',
      ...ifAny(elsewhere.length, `The right to upload to ${elsewhere.join(', ')}.`),
    ],
  };
};

/** What taking back every approval of somebody's key would put an end to. */
export const endingOfUploader = (story: AccountStory, uploads: Uploads): Ending => ({
  goes: ifAny(story.uploadsTo.size, `The right to upload to ${[...story.uploadsTo.keys()].join(', ')}.`),
  depends: uploadsOf(story, uploads),
  stays: ['The key and the account. What was uploaded before.'],
});

/** What handing in another key puts an end to; `undefined` where there was none, or the same. */
export const endingOfKey = (
  story: AccountStory | undefined,
  fingerprint: string,
  uploads: Uploads,
): Ending | undefined =>
  story?.key === undefined || story.key.fingerprint === fingerprint
    ? undefined
    : {
        goes: [`The key ${story.key.fingerprint}: what it signs from then on counts no more.`],
        depends: [...approvals(story), ...uploadsOf(story, uploads)],
        stays: ['The account. What was uploaded before.'],
      };

const whatTheyDid = 'What they did stays on record.';

const sessionsOf = async (account: AccountId, { people }: Parts): Promise<readonly string[]> => {
  const { sessions } = await people.kept(account);
  return ifAny(sessions.length, `${counted(sessions.length, 'session')} in browsers.`);
};

const identitiesOf = async (account: AccountId, { people }: Parts): Promise<readonly string[]> => {
  const { identities } = await people.kept(account);
  return ifAny(identities.length, 'To log in by an identity elsewhere that was linked.');
};

const tokensOf = (story: AccountStory | undefined, { tokens }: Kept): readonly string[] =>
  some(
    [...livingTokens(story?.tokens, tokens)].map(
      ([name, { scope, expiresAt }]) => `Token ${name} (${scope}, until ${expiresAt}).`,
    ),
  );

const approvals = (story: AccountStory | undefined): readonly string[] =>
  [...(story?.uploadsTo.keys() ?? [])].map((repository) => `What it uploads to ${repository} is taken no more.`);

const subscriptions = (story: AccountStory | undefined, what: string): readonly string[] =>
  some([...(story?.subscriptions.keys() ?? [])].map((each) => `The subscription ${each} ${what}.`));

/** Uploads under way that their key signed. */
const uploadsOf = ({ key }: AccountStory, { open }: Uploads): readonly string[] =>
  key === undefined
    ? []
    : some(
        [...open.values()].flatMap(({ received: { signature, facts }, status }) =>
          signature.status === 'good' && signature.fingerprint === key.fingerprint && facts !== null
            ? [
                status === 'received'
                  ? `The upload of ${facts.source} ${facts.version}, which is not judged yet, is judged without it.`
                  : `The upload of ${facts.source} ${facts.version} is accepted already, and goes on.`,
              ]
            : [],
        ),
      );

const ofRole = (from: Role, to: Role): Ending | undefined =>
  suffices(privilegeOf(to), privilegeOf(from))
    ? undefined
    : {
        goes: [`What needs the role ${from}: the account is ${to} from then on.`],
        depends: ['Tokens for more than that are good for no more than that. Sessions go on with it.'],
        stays: ['Login, key, approvals and subscriptions.'],
      };
