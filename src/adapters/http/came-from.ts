import type { IncomingMessage } from 'node:http';

/** Only pages of ours: a link to log in shall not lead elsewhere. */
export const safeNext = (next: string): string | undefined =>
  /^\/(?:mini_buildd|log)\/[A-Za-z0-9_.~%?&=+:,*/-]{0,500}$/.test(next) && !isDoor(next) ? next : undefined;

export const home = '/mini_buildd/';

/**
 * The page from which a browser came here, by what it says itself (`Referer`, which the policy of our pages lets it say to us in full). Of
 * another site's address only the path could count, and only as one of ours.
 */
export const cameFrom = ({ headers: { referer = '' } }: IncomingMessage): string | undefined => {
  if (!URL.canParse(referer)) return undefined;
  const { pathname, search } = new URL(referer);
  return pathname === '/mini_buildd/account' ? undefined : safeNext(`${pathname}${search}`);
};

/** Where people come in and go out: nobody wants to go back there. */
const isDoor = (path: string): boolean =>
  /^\/mini_buildd\/(?:login|logout|sign-on|register|reset|link|account\/password)(?:[/?]|$)/.test(path);

/** An address with where one goes on from there; plain where that goes without saying. */
export const withNext = (path: string, next: string | undefined): string =>
  next === undefined || next === home ? path : `${path}?next=${encodeURIComponent(next)}`;
