import { type Html, html } from './html.ts';
import type { ListedMachine } from './list-models.ts';
import { urlWith } from './listing.ts';
import { badge, buildUrl, clipped, row, table, time } from './parts.ts';

/** What builds and what is built in, one a row. */
export const machinesTable = (machines: readonly ListedMachine[]): Html =>
  table(['State', 'Machine', 'Building', 'Builds for', 'Note'], machines.map(line), true);

const line = (machine: ListedMachine) =>
  row(
    badge(machine.state, machine.look),
    html`<b class="whole">${machine.name}</b> <span class="quiet">${machine.kind}</span>${ways(machine)}`,
    html`${load(machine)}${builds(machine)}`,
    machine.kind !== 'chroot' && someTargets(machine.buildsFor),
    html`${clipped(machine.reason, 160)}${machine.since !== null && html` <span class="quiet">since ${time(machine.since)}</span>`}`,
  );

const ways = ({ kind, name, stream }: ListedMachine): Html =>
  html`${kind !== 'chroot' && html` <a class="small" href="${urlWith('/mini_buildd/builds', { builder: name })}" aria-label="Builds of ${name}">builds</a>`}${stream !== null && html` <a class="small" href="${urlWith('/mini_buildd/history', { stream })}" aria-label="History of ${name}">history</a>`}`;

const load = ({ name, running, room }: ListedMachine): Html | false =>
  room !== null &&
  room > 0 &&
  html`${running} of ${room} <progress aria-label="Load of ${name}" max="${room}" value="${running}"></progress> `;

/** Many at once would fill the page alone. */
const mostNamed = 3;

const builds = ({ kind, name, building, buildsFor }: ListedMachine): Html => {
  const [target = ''] = buildsFor;
  const all =
    kind === 'chroot'
      ? { state: 'building', architecture: target.split('/')[1] }
      : { state: 'building', builder: name };
  return html`${building.slice(0, mostNamed).map(({ build, source, version, architecture }) => html`<a class="whole" href="${buildUrl(build)}">${source} ${clipped(version, 60)} ${architecture}</a> `)}${building.length > mostNamed && html`<a href="${urlWith('/mini_buildd/builds', all)}">and ${building.length - mostNamed} more</a>`}`;
};

const mostTargets = 6;

const someTargets = (targets: readonly string[]): Html =>
  html`${targets.slice(0, mostTargets).map((each) => html`<span class="whole">${each}</span> `)}${targets.length > mostTargets && html`<span class="quiet">and ${targets.length - mostTargets} more</span>`}`;
