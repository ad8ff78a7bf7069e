import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** Memory in kibibytes. */
export type Cost = { readonly memory: number; readonly passes: number };

/** What RFC 9106 calls argon2id, with the memory and passes that OWASP recommends where memory is dear. */
export const usualCost: Cost = { memory: 19_456, passes: 2 };

export type PasswordHashes = {
  /** In the form of the PHC: `$argon2id$v=19$m=…,t=…,p=1$SALT$HASH`. */
  readonly hash: (password: string) => Promise<string>;
  /** `undefined` is compared with, too, so that nobody can tell from the time it takes. */
  readonly fits: (password: string, hashed: string | undefined) => Promise<boolean>;
};

/** Hashes one password at a time: many at once would cost the memory and the cores that builds are for. */
export const passwordHashes = (cost: Cost = usualCost): PasswordHashes => {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <A>(work: () => Promise<A>): Promise<A> => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
  const nobody = phc(cost, randomBytes(16), randomBytes(32));
  return {
    hash: (password) =>
      inTurn(async () => {
        const salt = randomBytes(16);
        return phc(cost, salt, await derive(password, salt, cost));
      }),
    fits: (password, hashed) =>
      inTurn(async () => {
        const known = read(hashed ?? nobody);
        const derived = await derive(password, known.salt, known);
        return timingSafeEqual(derived, known.hash) && hashed !== undefined;
      }),
  };
};

const argon2id = promisify((parameters: Argon2Parameters, done: (error: Error | null, hash: Buffer) => void) =>
  argon2('argon2id', parameters, done),
);

/** Composed and decomposed letters are one password (RFC 8265 §4.2). */
const derive = (password: string, nonce: Buffer, cost: Cost): Promise<Buffer> =>
  argon2id({ message: password.normalize('NFC'), nonce, parallelism: 1, tagLength: 32, ...cost });

const phc = ({ memory, passes }: Cost, salt: Buffer, hash: Buffer): string =>
  `$argon2id$v=19$m=${memory},t=${passes},p=1$${bare(salt)}$${bare(hash)}`;

const bare = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');

const read = (hashed: string): Cost & { readonly salt: Buffer; readonly hash: Buffer } => {
  const [, memory, passes, salt, hash] =
    /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=1\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(hashed) ?? [];
  if (salt === undefined || hash === undefined) throw new Error('a stored password is not in a form that we know');
  return {
    memory: Number(memory),
    passes: Number(passes),
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  };
};
