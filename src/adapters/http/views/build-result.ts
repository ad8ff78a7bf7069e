import { buildLook } from './build-state.ts';
import { checkStatusLook } from './check-status.ts';
import type { ArchitectureResult } from './home-model.ts';
import { type Html, html } from './html.ts';
import { badge, buildUrl } from './parts.ts';

/**
 * What the build came to, and its checks, by word, shape and colour, with the ways to their logs. Checks that passed or are under way are
 * one; others that came to the same stand by their names, for these are what one looks for.
 */
export const buildResult = ({ architecture, build, state, note, checks }: ArchitectureResult): Html =>
  html`<span class="result"><a href="${buildUrl(build)}">${badge(`${architecture} ${state}`, buildLook[state], note)}</a>${isOver.has(state) && html` <a class="small" href="${buildUrl(build)}/log/lines" aria-label="Log of ${architecture}">log</a>`}${checked(checks, build)}</span> `;

const checked = (checks: ArchitectureResult['checks'], build: ArchitectureResult['build']): Html => {
  const underWay = checks.filter(({ state }) => isOpen.has(state));
  const passed = checks.filter(({ state }) => state === 'passed');
  const together = new Set(
    checks.length > 1 && (underWay.length > 0 || passed.length > 1) ? [...underWay, ...passed] : [],
  );
  const others = Map.groupBy(
    checks.filter((each) => !together.has(each)),
    ({ state }) => state,
  );
  return html`${[...others].map(([state, alike]) => alikeChecks(state, alike, build))}${
    together.size > 0 &&
    html` <a class="small${underWay.length > 0 && ' open'}" href="${buildUrl(build)}">${badge(
      underWay.length > 0 ? `${passed.length} of ${checks.length} checks passed` : `${passed.length} checks passed`,
      underWay.length > 0 ? checkStatusLook.running : checkStatusLook.passed,
      [...together].map(({ tool }) => tool).join(', '),
    )}</a>`
  }`;
};

const alikeChecks = (
  state: ArchitectureResult['checks'][number]['state'],
  alike: ArchitectureResult['checks'],
  build: ArchitectureResult['build'],
): Html => {
  const notes = alike.flatMap(({ note }) => note ?? []).join(', ');
  const log = alike.length === 1 ? alike[0]?.log : undefined;
  return html` <a class="small${isOpen.has(state) && ' open'}" href="${log ?? buildUrl(build)}">${badge(`${alike.map(({ tool }) => tool).join(', ')} ${state}`, checkStatusLook[state], notes === '' ? undefined : notes)}</a>`;
};

const isOpen: ReadonlySet<string> = new Set(['requested', 'running']);

const isOver: ReadonlySet<string> = new Set(['built', 'failed']);
