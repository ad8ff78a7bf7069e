import { html } from './html.ts';

/** Whether the page it stands on is kept fresh just now. Its script says it, and who does not see the page hears it. */
export const liveState = html`<p class="live quiet" id="live-state" role="status">&nbsp;</p>`;
