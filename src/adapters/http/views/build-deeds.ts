import type { BuildModel } from './build-model.ts';
import { commandUrl } from './command-index-page.ts';
import { deedButton, type Reader, whyNoButtons } from './deed-button.ts';
import { type Html, html } from './html.ts';
import { buildUrl } from './parts.ts';

/** What may be done about a build as it stands, for who may do it. */
export const buildDeeds = (model: BuildModel, reader: Reader): Html | false => {
  const { build, upload, source, version, repository } = model;
  const can = possible(model);
  return (
    Object.values(can).includes(true) &&
    html`<div class="deeds">${can.retry && deedButton(reader, 'retry', { package: source, version, repository }, 'Retry')} ${can.priority && reader.may('priority') && html`<a href="${commandUrl('priority', { builds: build })}">Priority …</a>`} ${can.cancel && deedButton(reader, 'cancel', { builds: build }, 'Cancel')}${can.giveUp && deedButton(reader, 'cancel', { builds: upload }, 'Give up its upload')}</div>
${whyNoButtons(reader, inWords(can), buildUrl(build))}`
  );
};

type Possible = Readonly<Record<'cancel' | 'priority' | 'retry' | 'giveUp', boolean>>;

const possible = ({ state, canRetry, stages, rebuild }: BuildModel): Possible => {
  const isWaiting = state === 'needs-build' || state === 'dep-wait';
  return {
    retry: canRetry,
    priority: isWaiting,
    cancel: isWaiting || state === 'building',
    giveUp:
      rebuild === undefined &&
      state === 'built' &&
      stages.some(({ stage, state: at }) => stage === 'install' && at === 'goes on'),
  };
};

/** By the name of the command. */
const inWords = ({ cancel, priority, retry, giveUp }: Possible): Readonly<Record<string, string>> => ({
  ...(retry ? { retry: 'retry' } : {}),
  ...(priority ? { priority: 'priority' } : {}),
  ...(cancel || giveUp ? { cancel: 'cancel' } : {}),
});
