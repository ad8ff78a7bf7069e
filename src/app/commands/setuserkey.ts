import { isLeft, right } from 'fp-ts/lib/Either.js';
import type { AccountId } from '../../domain/account/events.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { KeyReader } from '../../ports/keyring.ts';
import type { Voice } from '../../ports/tell.ts';
import type { World } from '../../projections/world.ts';
import { endingOfKey } from '../endings/ending-of-account.ts';
import { fileToBe } from '../file-to-be.ts';
import { publicKey } from './account-arguments.ts';
import type { Command } from './command.ts';
import { changingCommand, type Deed } from './deed.ts';

/** `setuserkey`: the key that somebody wants to sign uploads with. The file first: an event without its key would be of no use. */
export const setuserkey = (
  { accounts, uploads }: World,
  keys: Pick<KeyReader, 'readKey'>,
  files: Pick<FileStore, 'put'>,
  voice: Voice,
): Command =>
  changingCommand(voice, {
    name: 'setuserkey',
    summary: 'Sets the key that you sign uploads with; staff has to approve another key anew',
    arguments: { key: publicKey('Your public key: all that "gpg --armor --export FINGERPRINT" prints') },
    privilege: 'login',
    needsConfirmation: true,
    plan: async ({ key }, actor) => {
      const read = await keys.readKey(key);
      if (isLeft(read)) return read;
      const { fingerprint, armored, expiresAt } = read.right;
      const { file, keep } = fileToBe(`${fingerprint}.asc`, armored);
      const account = actor.name as AccountId;
      const submitted = { type: 'UploaderKeySubmitted', account, fingerprint, key: file } as const;
      const words = (changed: boolean, isDone: boolean) => {
        const { key: present, uploadsTo: approved } = accounts.get(account) ?? {};
        const stays = present?.fingerprint === fingerprint;
        const uploadsTo = stays ? [...(approved?.keys() ?? [])] : [];
        const ends = isDone ? undefined : endingOfKey(accounts.get(account), fingerprint, uploads);
        const outlook = uploadsTo.length === 0 ? 'staff has to approve it' : `it may upload to ${uploadsTo.join(', ')}`;
        const is = isDone || !changed ? 'is' : 'would be';
        const until = expiresAt === null ? '' : ` (until ${expiresAt})`;
        return {
          json: { fingerprint, expiresAt, uploadsTo, changed },
          plain: `your key ${is} ${fingerprint}${until}: ${outlook}\n`,
          ends,
        };
      };
      const { key: held, uploadsTo } = accounts.get(account) ?? {};
      return right<never, Deed>({
        was: [held, [...(uploadsTo?.keys() ?? [])]],
        says: [{ command: 'SubmitUploaderKey', account, submitted }],
        would: (said) => words(said.length > 0, false),
        perform: async (say) => {
          await keep(files);
          const said = await say();
          return isLeft(said) ? said : right(words(said.right.length > 0, true));
        },
      });
    },
  });
