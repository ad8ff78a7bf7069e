import { span } from './amounts.ts';
import type { BuildAttempt } from './attempt-model.ts';
import { html } from './html.ts';
import { badge, clipped, type Row, row, time } from './parts.ts';

export const attemptHeads = ['Attempt', 'Builder', 'Started (UTC)', 'Came to', 'Install', 'Build', 'In all'] as const;

/** One attempt at a build: who made it, and what came of it. */
export const attemptOf = ({ attempt, builder, because, startedAt, ended }: BuildAttempt): Row =>
  row(
    attempt,
    html`${clipped(builder, 100)}${because !== undefined && html` <span class="quiet">${clipped(because)}</span>`}`,
    time(startedAt),
    ended === undefined
      ? badge('building', 'busy')
      : html`${badge(ended.word, endLook[ended.word])} ${ended.fact !== undefined && clipped(ended.fact)}`,
    ended?.times && duration(ended.times.install),
    ended?.times && duration(ended.times.build),
    ended?.times && duration(ended.times.total),
  );

const endLook = {
  built: 'good',
  failed: 'bad',
  skipped: 'idle',
  'dep-wait': 'idle',
  'given back': 'warn',
  cancelled: 'warn',
} as const;

/** Nothing for what is not known. */
const duration = (seconds: number): string | undefined => (seconds <= 0 ? undefined : span(seconds));
