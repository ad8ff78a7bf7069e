import type { Access } from '../../ports/access.ts';

/** The login of who opened a session; `undefined` when it is over. */
export const loginBehind = async (
  { bySession, nameOf }: Pick<Access, 'bySession' | 'nameOf'>,
  session: string,
): Promise<string | undefined> => {
  const caller = await bySession(session);
  return caller && nameOf(caller);
};
