import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage } from 'node:http';
import { safeNext } from './came-from.ts';
import { type Greeting, type Instance, instanceFrom } from './views/instance.ts';

/** What stands around whatever page answers a request. */
type Frame = { readonly instance: Instance; readonly greeting: Greeting | undefined };

const frames = new AsyncLocalStorage<Frame>();

/** The instance as pages name it, who reads them among it: that is another one in each request. */
export const greetingInstance = (parts: Parameters<typeof instanceFrom>[0]): Instance =>
  instanceFrom({ ...parts, greeting: () => frames.getStore()?.greeting });

/** What stands around a page that is made of the request alone; `undefined` outside of one. */
export const framed = (): Instance | undefined => frames.getStore()?.instance;

/**
 * Answers a request within the frame of its reader. `loginOf` tells whose session it is; it is asked only where there may be one, so that the
 * many requests that show none are answered without a detour. It may fail: then the page does not say who reads it.
 */
export const inFrame =
  (instance: Instance, loginOf: (req: IncomingMessage) => Promise<string | undefined> | 'stranger' | 'unsaid') =>
  (req: IncomingMessage, answer: () => void): void => {
    const within = (greeting: Greeting | undefined): void => frames.run({ instance, greeting }, answer);
    const stranger = (): Greeting => ({ next: placeOf(req) });
    const login = loginOf(req);
    if (login === 'stranger') within(stranger());
    else if (login === 'unsaid') within(undefined);
    else
      login.then(
        (found) => within(found === undefined ? stranger() : { login: found }),
        () => within(undefined),
      );
  };

/** Where who logs in from a page goes on: there, and from the page to log in, where that leads. */
const placeOf = ({ method, url = '' }: IncomingMessage): string | undefined => {
  if (method !== 'GET') return undefined;
  return safeNext(url) ?? safeNext(new URLSearchParams(url.split('?')[1]).get('next') ?? '');
};
