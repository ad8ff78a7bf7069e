import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import { type Html, html } from './views/html.ts';

/** What our own forms send along, and no other site's can: it follows from the session's secret, and says nothing of it. */
export const formToken = (session: string): string =>
  createHash('sha256').update(`form ${session}`).digest('base64url');

export const formTokenField = (session: string | undefined): Html | undefined =>
  session === undefined ? undefined : html`<input type="hidden" name="${formTokenName}" value="${formToken(session)}">`;

export const formTokenName = 'form_token';

/** Why a change by this session was not asked for by one of our forms, or `undefined`. */
export const forged = (req: Request, session: string): Refusal | undefined => {
  const body: unknown = req.body;
  const inBody =
    typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[formTokenName] : undefined;
  const sent = Buffer.from(String(inBody ?? req.headers['x-mini-buildd-form'] ?? ''));
  const right = Buffer.from(formToken(session));
  return sent.length === right.length && timingSafeEqual(sent, right) ? undefined : noFormToken;
};

const noFormToken = refusal(
  'cross-site',
  'the request carries the cookie of a session, and not the token of its forms',
  `send "${formTokenName}" as logging in gave it; programs do better with a token (Authorization: Bearer)`,
);
