import type { Request, Response } from 'express';
import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../domain/account/caller.ts';
import { refusal } from '../../domain/refusal.ts';
import type { Access, TurnedAway } from '../../ports/access.ts';
import { shownCertificate, strangeCertificate } from './client-certificate.ts';
import type { Visitor } from './visitor.ts';

/** Whose uploads by HTTP are taken: of anybody, as by FTP, or of who shows a token, a certificate, a password or a session. */
export type Uploaders = 'anybody' | 'known';

/** Why somebody may not bring files. `status` 401 asks who they are, with 403 what they showed counts for nothing. */
export type NotLetIn = TurnedAway & { readonly status: 401 | 403 | 429 };

/**
 * Who brings files. Whatever is shown has to be right, also where nobody has to show anything: who shows something means to be known. Browsers show
 * certificates by themselves, also to what another site makes them send: so they count for nothing else.
 */
export const bringers =
  (
    visitor: (req: Request) => Promise<Either<TurnedAway, Visitor>>,
    { byCertificate }: Pick<Access, 'byCertificate'>,
    uploaders: Uploaders,
  ) =>
  async (req: Request): Promise<Either<NotLetIn, Caller>> => {
    const found = await visitor(req);
    if (isLeft(found)) return left({ ...found.left, status: found.left.retryAfter === undefined ? 401 : 429 });
    const { caller } = found.right;
    if (caller.shown !== 'nothing') return right(caller);
    const shown = shownCertificate(req, Date.now());
    if (shown === undefined) return uploaders === 'known' ? left(unknown) : right(caller);
    if ('because' in shown) return left({ because: shown.because, retryAfter: undefined, status: 403 });
    const holder = await byCertificate(shown.certificate);
    return holder === undefined
      ? left({ because: strangeCertificate, retryAfter: undefined, status: 403 })
      : right(holder);
  };

/** dput asks for a password where `Basic` is offered, and shows a token as one. */
export const challenge = (res: Response): void => {
  res.append('WWW-Authenticate', 'Bearer realm="mini-buildd"');
  res.append('WWW-Authenticate', 'Basic realm="mini-buildd", charset="UTF-8"');
};

const unknown: NotLetIn = {
  because: refusal(
    'needs-login',
    'this instance takes uploads by HTTP only of who shows who they are',
    'show a token (its secret as the password of your login), or a certificate that you handed in',
  ),
  retryAfter: undefined,
  status: 401,
};
