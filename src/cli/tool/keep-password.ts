import type { Authorization } from './authorization.ts';
import type { DesktopKeyring } from './desktop-keyring.ts';

/** Under this name the keyring remembers `always` or `never`. */
const policy = 'save-policy';

/** Offers to keep a password that was typed and turned out to be right; "always" and "never" are remembered. */
export const keepPassword = async (
  { typed }: Authorization,
  keyring: DesktopKeyring,
  ask: ((question: string) => Promise<string>) | undefined,
  err: (text: string) => void,
): Promise<void> => {
  if (typed === undefined || ask === undefined) return;
  const answer = (await keyring.lookup(policy)) ?? (await ask('Keep the password? (y)es, (n)o, (a)lways, ne(v)er: '));
  const word = meaning(answer);
  if (word === 'always' || word === 'never') await keyring.store(policy, word);
  if (word !== 'yes' && word !== 'always') return;
  if (!(await keyring.store(typed.name, typed.password))) {
    err('W: the password could not be kept: there is no keyring that secret-tool (libsecret-tools) can open\n');
  }
};

const meaning = (answer: string): 'yes' | 'no' | 'always' | 'never' => {
  const word = answer.trim().toLowerCase();
  if (word === 'y' || word === 'yes') return 'yes';
  if (word === 'a' || word === 'always') return 'always';
  return word === 'v' || word === 'never' ? 'never' : 'no';
};

/** Asks again next time. */
export const forgetPolicy = (keyring: DesktopKeyring): Promise<void> => keyring.clear(policy);
