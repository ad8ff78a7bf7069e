import { type Html, html } from './html.ts';
import { badge, type Look } from './parts.ts';
import type { UploadFlow } from './upload-model.ts';

/** How far an upload is, in a line that is read out as it changes. */
export const uploadStanding = (flow: UploadFlow): Html => {
  const [state, look] = standing(flow);
  return html`<p aria-live="polite" aria-atomic="true">${badge(state, look)} ${whatBecame(flow).join(', ')}</p>
`;
};

const standing = ({ verdict, result }: UploadFlow): readonly [string, Look] => {
  if (result === 'released') return ['not installed', 'bad'];
  if (result === 'installed') return ['installed', 'good'];
  return [verdict, verdict === 'rejected' ? 'bad' : 'busy'];
};

const whatBecame = ({ builds, result, stops }: UploadFlow): readonly string[] => [
  ...builds.map(({ architecture, state }) => `${architecture} is ${state}`),
  ...(result === 'released' ? ['it came to nothing'] : []),
  ...stops.map(({ distribution, from }) => `${from === undefined ? 'installed into' : 'migrated to'} ${distribution}`),
];
