import { type Html, html } from '../html.ts';
import type { Instance } from '../instance.ts';
import { urlWith } from '../listing.ts';
import { buildUrl, clipped, empty, row, table } from '../parts.ts';
import { objectLink, placeUrl, standing } from './frame.ts';
import { type KnownModel, knownPage } from './known-pages.ts';
import type { BuilderLine } from './machines-model.ts';
import type { Shown } from './shown.ts';

/** The builder of this machine. */
export const builderPage = (instance: Instance, builder: string, model: KnownModel<BuilderLine>): Shown =>
  knownPage(instance, model, {
    title: `Builder ${builder}`,
    place: ['builders', 'builder', builder],
    asked: { command: 'machines', given: { kind: 'builder' }, positional: [] },
    missing: [],
    facts: ({ running, room, guests }) => [
      row('Places', html`${running} of ${room} are taken; <code>MINI_BUILDD_BUILDS</code> says how many there are`),
      row('For others', guests),
      row('Its builds', html`<a href="${urlWith('/mini_buildd/builds', { builder })}">all of them</a>`),
      row('Its history', html`<a href="/mini_buildd/history?stream=instance">that of the instance</a>`),
    ],
    deeds: () => [],
    beside: (line) => html`${building(line)}${chroots(line)}`,
  });

/** So many of a kind are shown. */
const shown = 20;

const building = ({ builder, building: all }: BuilderLine): Html =>
  html`<section class="card"><h2>What it builds now</h2>${
    all.length === 0
      ? empty('Nothing.')
      : table(
          ['Source package', 'Version', 'Architecture'],
          all
            .slice(0, shown)
            .map(({ build, source, version, architecture }) =>
              row(html`<a href="${buildUrl(build)}">${source}</a>`, clipped(version, 60), architecture),
            ),
        )
  }${more(all.length, urlWith('/mini_buildd/builds', { state: 'building', builder }))}</section>`;

const chroots = ({ chroots: all }: BuilderLine): Html =>
  html`<section class="card"><h2>Chroots that it builds in</h2>${
    all.length === 0
      ? empty('None: it builds nothing until it has one.')
      : table(
          ['Chroot', 'State'],
          all.slice(0, shown).map(({ name, standing: stands }) => row(objectLink('chroots', name), standing(stands))),
        )
  }${more(all.length, placeUrl('chroots'))}</section>`;

const more = (count: number, url: string): Html | false =>
  count > shown && html`<p><a href="${url}">and ${count - shown} more</a></p>`;
