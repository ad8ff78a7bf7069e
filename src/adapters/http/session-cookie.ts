import type { IncomingMessage, ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';

/**
 * Where a browser keeps its session. Cookies know no ports, so the name holds the instance's: several on one machine do not log
 * each other's people out. No other site's page makes a browser send it (`SameSite=Strict`), no script reads it (`HttpOnly`).
 */
export type SessionCookie = {
  readonly read: (req: IncomingMessage) => string | undefined;
  readonly set: (req: IncomingMessage, res: ServerResponse, secret: string) => void;
  readonly clear: (req: IncomingMessage, res: ServerResponse) => void;
};

/** A part of the name of a cookie. */
export const inCookies = (instance: string): string => instance.replace(/[^A-Za-z0-9-]/g, '-');

/** The end of a cookie that goes only where it came from by TLS. That is spoken by us, or by a proxy for us, which says so. */
export const secureFor = ({ socket, headers }: IncomingMessage): string =>
  socket instanceof TLSSocket || headers['x-forwarded-proto'] === 'https' ? '; Secure' : '';

export const sessionCookie = (instance: () => string): SessionCookie => {
  const nameNow = (): string => `mini-buildd-${inCookies(instance())}`;
  const write = (req: IncomingMessage, res: ServerResponse, value: string, seconds: number): void => {
    res.appendHeader(
      'Set-Cookie',
      `${nameNow()}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secureFor(req)}`,
    );
  };
  return {
    read: ({ headers: { cookie = '' } }) => {
      const name = nameNow();
      const found = cookie
        .split(';')
        .map((pair) => pair.trim())
        .find((pair) => pair.startsWith(`${name}=`))
        ?.slice(name.length + 1);
      return found !== undefined && /^[\w-]{43}$/.test(found) ? found : undefined;
    },
    set: (req, res, secret) => write(req, res, secret, longestSeconds),
    clear: (req, res) => write(req, res, '', 0),
  };
};

/** As long as any session lives; the store ends most of them before. */
const longestSeconds = 30 * 24 * 3600;
