import { readFileSync, statSync } from 'node:fs';
import { type Login, loginOf } from './connection-string.ts';

/** `USER:PASSWORD` in a file of its own, such as systemd's LoadCredential makes. Throws when everybody could read it, or it holds something else. */
export const loginFrom = (file: string): Login => {
  if ((statSync(file).mode & 0o007) !== 0)
    throw new Error(`${file} holds a password and is open to everybody; chmod o= it`);
  const login = loginOf(readFileSync(file, 'utf8').trimEnd());
  if (login === undefined)
    throw new Error(`${file} does not hold the login for the event store; write USER:PASSWORD into it`);
  return login;
};
