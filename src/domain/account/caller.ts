import type { Actor } from '../ids.ts';
import { type Refusal, refusal } from '../refusal.ts';
import { type Privilege, suffices } from './privilege.ts';

/** Who asks, what they may do at this moment, and how they showed who they are. */
export type Caller = {
  readonly actor: Actor;
  readonly privilege: Privilege;
  readonly shown: 'nothing' | 'password' | 'session' | 'token' | 'certificate';
  /** The certificate (DER) that their connection shows, whose key they hold: it says nothing of who they are. */
  readonly certificate?: Uint8Array;
  /** Of a stranger: their address, by which they share what costs something. It is told to no event. */
  readonly from?: string;
  /** Of a stranger who looks at pages: they have no use for a token. */
  readonly inBrowser?: true;
};

/** Whose budget it is that a question takes from: an account's, or that of a stranger's address. */
export const payer = ({ actor, shown, from }: Caller): string =>
  shown === 'nothing' ? (from ?? actor.name) : actor.name;

export const anonymous: Caller = {
  actor: { kind: 'anonymous', name: 'anonymous' },
  privilege: 'none',
  shown: 'nothing',
};

/** Why a command is not for this caller, or `undefined`. The one place where rights are compared. */
export const denied = (
  { name, privilege }: { readonly name: string; readonly privilege: Privilege },
  caller: Caller,
): Refusal | undefined => {
  if (suffices(caller.privilege, privilege)) return undefined;
  return caller.privilege === 'none'
    ? refusal(
        'needs-privilege',
        `"${name}" needs the privilege "${privilege}", and the caller is anonymous`,
        caller.inBrowser ? 'log in' : 'log in, or send a token',
      )
    : refusal(
        'needs-privilege',
        `"${name}" needs the privilege "${privilege}", and the caller has "${caller.privilege}"`,
        caller.shown === 'token'
          ? 'use a token of a wider scope, or ask an administrator of this instance'
          : 'ask an administrator of this instance',
      );
};
