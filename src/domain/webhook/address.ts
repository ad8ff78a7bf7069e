import type * as t from 'io-ts';
import { text } from '../codec.ts';

/**
 * Where a webhook is called: elsewhere by HTTP, or a program on this host by its name in `hooks.d`, as run-parts(8) takes names. What stands in it is
 * kept beside the log; a login in it would be sent to whoever listens.
 */
export const WebhookAddress = text(
  'WebhookAddress',
  /^(?:https?:\/\/(?![^/?#]*@)[^\s/?#\\]{1,253}(?:[/?][\x21-\x7e]{0,1000})?|hook:[\w-]{1,100})$/,
  'an address of http or https, without a login, or hook:NAME',
);
export type WebhookAddress = t.TypeOf<typeof WebhookAddress>;

/** How a webhook is called on record: without path and login. */
export const placeOf = (address: string): string => {
  const hook = hookOf(address);
  return hook === undefined ? new URL(address).host : `hook:${hook}`;
};

/** The name of the program, where it is one of this host. */
export const hookOf = (address: string): string | undefined => /^hook:([\w-]{1,100})$/.exec(address)?.[1];
