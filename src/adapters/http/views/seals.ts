import { type Html, html } from './html.ts';
import { badge, time } from './parts.ts';
import type { SealingModel, SealLine } from './seals-model.ts';

export const sealsUrl = '/mini_buildd/seals/';

export const sealUrl = (seal: number): string => `${sealsUrl}${seal}`;

/** The last seal, on a line: when, up to which event, by which key. */
export const lastSeal = (sealing: SealingModel): Html =>
  html`<p class="seal">${badge(...state(sealing))} ${says(sealing)}</p>`;

const state = ({ last, isChecked, doubt, isOverdue }: SealingModel): Parameters<typeof badge> => {
  if (doubt !== undefined) return ['seal does not hold', 'bad'];
  if (isOverdue) return ['seal overdue', 'warn'];
  return last === undefined ? ['not sealed yet', 'idle'] : ['sealed', isChecked ? 'good' : 'idle'];
};

const says = ({ last, isChecked, doubt }: SealingModel): Html =>
  last === undefined
    ? html`The log is sealed an hour after its first event: signed up to there, for <a href="${sealsUrl}">others to witness</a>.`
    : html`The log up to event ${last.last} stands under signature: <a href="${sealUrl(last.seal)}">seal ${last.seal}</a> of ${time(last.sealedAt)} UTC by ${keys(last)}${
        doubt === undefined ? isChecked && ', held against the log since' : html`. Seal ${doubt.seal}: ${doubt.because}`
      }. <a href="${sealsUrl}">All seals, and how to verify them by hand</a>`;

export const keys = ({ signedBy }: SealLine): Html =>
  html`${signedBy.map((fingerprint, n) => html`${n > 0 && ' and '}<code title="${fingerprint}">${fingerprint.slice(-16)}</code>`)}`;
