import type { Walker } from '../support/walker.ts';

/** Looks at what a deed would come to, does it, and follows it to its end: by itself where scripts run. */
export const doesIt = async (me: Walker, comesTo: string | RegExp): Promise<void> => {
  await me.reads('What it would do');
  await me.reads(comesTo);
  await me.presses('Do it');
  await me.reads('done');
  if (me.scripts) return me.reads(/: published/);
  await me.follows('Look again');
  await me.isAt('How far it is');
  await me.reads(/: published/);
};

/** Who sees no button is told why, and finds the form: there a stranger is asked who they are, and others are told what they lack. */
export const isToldWhoMay = async (
  me: Walker,
  command: string,
  typed: Readonly<Record<string, string>>,
): Promise<void> => {
  await me.reads(me.who === undefined ? /for who may, and has logged in/ : /not for your account/);
  await me.follows(command);
  await me.isAt(command);
  for (const [name, text] of Object.entries(typed)) await me.types(name, text);
  if (me.who !== undefined) return me.reads(/which your account does not have: ask an administrator/);
  await me.presses('Look at what it would do');
  await me.isAskedWhoTheyAre(new RegExp(`"${command}" needs the privilege "staff", and the caller is anonymous`));
  await me.reads('What you typed is kept');
};
