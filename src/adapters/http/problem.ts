import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Refusal } from '../../domain/refusal.ts';
import { framed } from './in-frame.ts';
import { explained } from './manual.ts';
import { framePolicy } from './safe-headers.ts';
import { type Html, html } from './views/html.ts';
import type { Instance } from './views/instance.ts';
import { page } from './views/page.ts';
import { wanted } from './wanted.ts';

/** Says no, in RFC 9457's form for programs and as a page for browsers: the broken rule, the fact, what to do. */
export const sendProblem = (
  req: IncomingMessage,
  res: ServerResponse,
  status: number,
  refusals: readonly [Refusal, ...(readonly Refusal[])],
): void => {
  if (res.headersSent) {
    res.destroy();
    return;
  }
  const isPage = wanted(req) === 'html';
  const body = isPage ? problemPage(framed(), status, refusals) : problemJson(status, refusals);
  res.statusCode = status;
  res.setHeader('Content-Type', isPage ? 'text/html; charset=utf-8' : 'application/problem+json');
  res.setHeader('Content-Length', Buffer.byteLength(body));
  res.setHeader('Cache-Control', 'no-store');
  res.setHeader('X-Content-Type-Options', 'nosniff');
  if (!res.hasHeader('Content-Security-Policy')) res.setHeader('Content-Security-Policy', framePolicy);
  res.end(req.method === 'HEAD' ? undefined : body);
};

const problemJson = (status: number, refusals: readonly [Refusal, ...(readonly Refusal[])]): string => {
  const [{ rule, fact, remedy }] = refusals;
  return JSON.stringify({
    type: `urn:mini-buildd:rule:${rule}`,
    title: STATUS_CODES[status],
    status,
    detail: `${fact} (${remedy})`,
    rule,
    fact,
    remedy,
    refusals,
  });
};

const problemPage = (instance: Instance | undefined, status: number, refusals: readonly Refusal[]): string =>
  page({
    title: `${status} ${STATUS_CODES[status] ?? ''}`,
    ...(instance && { instance }),
    body: html`<section class="card">
      <h1>${STATUS_CODES[status] ?? 'Refused'}</h1>
      ${refusals.map(({ rule, fact, remedy }) => html`<p><strong>${fact}</strong></p><p>${remedy}</p><p class="quiet">Rule: ${ruleName(rule)}</p>`)}
    </section>`,
  });

const ruleName = (rule: string): Html => {
  const where = explained(rule);
  return where === undefined ? html`<code>${rule}</code>` : html`<a href="${where}"><code>${rule}</code></a>`;
};
