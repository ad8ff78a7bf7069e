import { checkStatusLook } from './check-status.ts';
import { type Html, html } from './html.ts';
import type { Compared, PackageCheck } from './package-model.ts';
import { badge, row, table, version } from './parts.ts';

/** What checks say of the last upload and of the versions that stand somewhere, next to what they said of the one before. */
export const packageChecks = (checks: readonly PackageCheck[]): Html => {
  const asBefore = checks.filter(isAsBefore);
  const others = checks.filter((each) => !isAsBefore(each));
  return html`${others.length > 0 && checksTable(others)}${asBefore.length > 0 && html`<details><summary>${asBefore.length} passed, and found nothing new</summary>${checksTable(asBefore)}</details>`}`;
};

/** Nothing that anybody would look for: folded away. */
const isAsBefore = ({ status, appeared, gone }: PackageCheck): boolean =>
  status === 'passed' && appeared.length + gone.length === 0;

const checksTable = (checks: readonly PackageCheck[]): Html =>
  table(
    ['Version', 'Architecture', 'Check', 'Result', 'Against before', 'Files'],
    checks.map((check) =>
      row(
        html`${version(check.version)}${!check.stands && html` <span class="quiet small">not installed</span>`}`,
        check.architecture,
        check.tool,
        html`${badge(check.status, checkStatusLook[check.status])} ${check.counts !== null && `${check.counts.error} errors, ${check.counts.warning} warnings`}${check.because ?? ''}`,
        compared(check),
        html`${check.log !== undefined && html`<a href="${check.log}">log</a> `}${check.report !== undefined && html`<a href="${check.report}">report</a>`}`,
      ),
    ),
    true,
  );

export const compared = ({ before, appeared, gone, more }: Compared): Html => {
  if (before === undefined) return html`<span class="quiet">nothing to compare with</span>`;
  if (appeared.length + gone.length === 0) return html`<span class="quiet">nothing, since ${version(before)}</span>`;
  return html`<ul class="plain">${appeared.map((each) => html`<li>${badge('new', 'warn')} ${each}</li>`)}${gone.map((each) => html`<li>${badge('gone', 'good')} ${each}</li>`)}${more > 0 && html`<li class="quiet">and ${more} more</li>`}</ul><span class="quiet small">since ${version(before)}</span>`;
};
