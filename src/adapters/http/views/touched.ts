import { architectureOfBuild } from '../../../domain/ids.ts';
import type { Answer, CommandDescription } from '../../../ports/api.ts';
import { type Html, html } from './html.ts';
import { buildUrl, packageUrl } from './parts.ts';

/** The pages of what a command was about and of what it began, each once. */
export const touched = (
  { arguments: known }: CommandDescription,
  given: Readonly<Record<string, string>>,
  { follow = [] }: Pick<Answer, 'follow'>,
): Html | false => {
  const places = new Map<string, string>();
  for (const { name, codec } of known)
    for (const value of (given[name] ?? '').split(',').slice(0, mostLinks)) note(places, placeOf(codec.name, value));
  for (const stream of follow) note(places, beganAt(stream));
  return (
    places.size > 0 &&
    html`<nav class="pages" aria-label="Pages of what this is about">${[...places].map(([url, text]) => html`<a href="${url}">${text}</a> `)}</nav>`
  );
};

const mostLinks = 20;

type Place = { readonly url: string; readonly text: string };

const note = (places: Map<string, string>, place: Place | undefined): void => {
  if (place !== undefined) places.set(place.url, place.text);
};

const placeOf = (codec: string, value: string): Place | undefined => {
  if (value === '') return undefined;
  switch (codec.replace(/^Maybe/, '')) {
    case 'SourceName':
    case 'SourceNames':
      return { url: packageUrl(value), text: value };
    case 'DistributionName':
    case 'DistributionList':
    case 'Distributions':
      return distributionAt(value);
    case 'RepositoryId':
      return repositoryAt(value);
    default:
      return undefined;
  }
};

/** `CODENAME-REPOSITORY-SUITE`. */
const distributionAt = (name: string): Place | undefined => {
  const [codename, repository, suite] = name.split('-');
  return codename === undefined || repository === undefined || suite === undefined
    ? undefined
    : { url: `/mini_buildd/repositories/${repository}?codename=${encodeURIComponent(codename)}`, text: name };
};

const repositoryAt = (id: string): Place => ({
  url: `/mini_buildd/repositories/${encodeURIComponent(id)}`,
  text: `repository ${id}`,
});

const beganAt = (stream: string): Place | undefined => {
  const [, concept = '', id = ''] = /^([a-z]+)-(.*)$/.exec(stream) ?? [];
  switch (concept) {
    case 'build':
      return { url: buildUrl(id), text: `build ${architectureOfBuild(id)}` };
    case 'repository':
      return repositoryAt(id);
    case 'chroot':
      return { url: `/mini_buildd/administration/chroots/${encodeURIComponent(id)}`, text: `chroot ${id}` };
    default:
      return undefined;
  }
};
