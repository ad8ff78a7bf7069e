import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { isLeft, right } from 'fp-ts/lib/Either.js';
import type { AccountId } from '../../domain/account/events.ts';
import { decodeOrThrow } from '../../domain/codec.ts';
import { FileName } from '../../domain/debian/names.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { KeyReader } from '../../ports/keyring.ts';
import type { Tell } from '../../ports/tell.ts';
import type { World } from '../../projections/world.ts';
import { publicKey } from './account-arguments.ts';
import { type Command, command } from './command.ts';

/** `setuserkey`: the key that somebody wants to sign uploads with. The file first: an event without its key would be of no use. */
export const setuserkey = (
  { accounts }: World,
  keys: Pick<KeyReader, 'readKey'>,
  files: Pick<FileStore, 'put'>,
  tell: Tell,
): Command =>
  command({
    name: 'setuserkey',
    summary: 'Sets the key that you sign uploads with; staff has to approve another key anew',
    arguments: { key: publicKey('Your public key: all that "gpg --armor --export FINGERPRINT" prints') },
    privilege: 'login',
    changes: true,
    needsConfirmation: true,
    run: async ({ key }, actor) => {
      const read = await keys.readKey(key);
      if (isLeft(read)) return read;
      const { fingerprint, armored, expiresAt } = read.right;
      const file = await files.put(
        decodeOrThrow(FileName, `${fingerprint}.asc`, 'the name of a key'),
        Readable.from([armored]),
      );
      const account = actor.name as AccountId;
      const submitted = { type: 'UploaderKeySubmitted', account, fingerprint, key: file } as const;
      const told = await tell(
        { command: 'SubmitUploaderKey', account, submitted },
        { actor, causedBy: undefined, correlation: randomUUID() },
      );
      if (isLeft(told)) return told;
      const uploadsTo = [...(accounts.get(account)?.uploadsTo.keys() ?? [])];
      const outlook = uploadsTo.length === 0 ? 'staff has to approve it' : `it may upload to ${uploadsTo.join(', ')}`;
      return right({
        json: { fingerprint, expiresAt, uploadsTo, changed: told.right.length > 0 },
        plain: `your key is ${fingerprint}${expiresAt === null ? '' : ` (until ${expiresAt})`}: ${outlook}\n`,
      });
    },
  });
