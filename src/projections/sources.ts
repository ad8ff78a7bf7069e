import type { Instant } from '../domain/codec.ts';
import type { Configuration } from '../domain/configuration/configuration.ts';
import type { SourceChecked, SourceCheckFailed, SourceConfigured, SourceId } from '../domain/configuration/events.ts';
import type { Recorded } from './recorded.ts';

/** How a source fares. Neither checked nor failed: not looked at since it was configured as it is. */
export type SourceState = {
  readonly configured: SourceConfigured;
  readonly checked: SourceChecked | undefined;
  /** Why nothing can be drawn from it, since when. */
  readonly failed: (SourceCheckFailed & { readonly since: Instant }) | undefined;
  /** How often somebody wanted it looked at before it was due. */
  readonly requests: number;
};

/** Folded in place: ask, do not keep. */
export type Sources = Map<SourceId, SourceState>;

export const noSources = (): Sources => new Map();

export const foldSources = (sources: Sources, { event, recordedAt }: Recorded): void => {
  switch (event.type) {
    case 'SourceConfigured':
      sources.set(event.id, { configured: event, checked: undefined, failed: undefined, requests: 0 });
      break;
    case 'SourceRemoved':
      sources.delete(event.id);
      break;
    case 'SourceChecked':
      change(sources, event.id, { checked: event, failed: undefined });
      break;
    case 'SourceCheckRequested':
      change(sources, event.id, { requests: (sources.get(event.id)?.requests ?? 0) + 1 });
      break;
    case 'SourceCheckFailed':
      change(sources, event.id, { failed: { ...event, since: recordedAt } });
      break;
  }
};

const change = (sources: Sources, id: SourceId, news: Partial<SourceState>): void => {
  const state = sources.get(id);
  if (state !== undefined) sources.set(id, { ...state, ...news });
};

/** The archive that answered best, where one was found; else all that are configured. */
export const drawnFrom = ({ configured, checked }: SourceState): SourceConfigured =>
  checked !== undefined && configured.uris.includes(checked.uri) ? { ...configured, uris: [checked.uri] } : configured;

/** The configuration with each source's best archive: what apt is told. */
export const withBestArchives = (configuration: Configuration, sources: Sources): Configuration => ({
  ...configuration,
  sources: new Map([...configuration.sources].map(([id, source]) => [id, bestOf(source, sources)])),
});

const bestOf = (source: SourceConfigured, sources: Sources): SourceConfigured => {
  const state = sources.get(source.id);
  return state === undefined ? source : drawnFrom(state);
};
