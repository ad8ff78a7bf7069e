import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Observable, Subscription } from 'rxjs';

/** Read at each scrape. */
export type Levels = {
  /** Events folded so far: the log's position as a number. */
  readonly events: number;
  readonly isLogWritable: boolean;
  /** Age of the last seal in seconds; `undefined` before the first. */
  readonly sealAge: number | undefined;
  /** Whether a seal is long due, or the last one does not hold. */
  readonly isSealAmiss: boolean;
  /** How many there are of each severity. */
  readonly concerns: Readonly<Record<'critical' | 'warning', number>>;
  /** What the archive has taken in beyond that; undefined where the archive is, or cannot be reached. */
  readonly eventsBehind?: number | undefined;
  /** Of a standby with a disk of its own, where there is to be one: whether it is heard of, and how many files it lacks. */
  readonly standby?: { readonly node: string | undefined; readonly missing: number } | undefined;
  /** Of HTTPS, where there is one. Milliseconds since 1970. */
  readonly certificate?: { readonly validFrom: number; readonly validUntil: number } | undefined;
  /** Of the file system of the home, in bytes, where it was seen. */
  readonly homeRoom?: { readonly free: number; readonly size: number } | undefined;
  /** When the first of each kind of things ends: keys of the archive, of uploaders and remotes, the certificate. Milliseconds since 1970. */
  readonly ends?: ReadonlyMap<string, number>;
  /** Lengths of what is owed: builds by architecture and state, installs, publications … Names and labels are few. */
  readonly queues: readonly { readonly queue: string; readonly architecture: string; readonly length: number }[];
};

/** How long one stage of an upload's way took. `architecture` is empty where it means nothing. */
export type Duration = {
  readonly stage: 'judge' | 'wait' | 'build' | 'install' | 'publish';
  readonly architecture: string;
  readonly result: 'succeeded' | 'failed' | 'skipped';
  readonly seconds: number;
};

export type MetricsHooks = { readonly levels: () => Levels; readonly durations$: Observable<Duration> };

export type Metrics = {
  readonly contentType: string;
  readonly text: () => Promise<string>;
  /** Counts an answer. `area` is one of our own words, never a path. */
  readonly answered: (area: string, status: number) => void;
  readonly stop: () => void;
};

/** What `/metrics` says, in Prometheus' form. Labels are bounded: architectures, stages, results, never a package. */
export const metrics = ({ levels, durations$ }: MetricsHooks): Metrics => {
  const registry = new Registry();
  // Node's own: event loop delay, heap, resident memory, file descriptors.
  collectDefaultMetrics({ register: registry });
  const answers = new Counter({
    name: 'mini_buildd_http_answers_total',
    help: 'HTTP answers by area and class of status',
    labelNames: ['area', 'status'],
    registers: [registry],
  });
  // Looked at once a scrape, whatever the number of those that tell of it.
  let now: Levels | undefined;
  followLevels(registry, () => now ?? levels());
  const subscription = followDurations(registry, durations$);
  const counted = new Map<string, { inc: () => void }>();
  return {
    contentType: registry.contentType,
    text: () => {
      now = levels();
      return registry.metrics();
    },
    answered: (area, status) => {
      const key = `${area} ${Math.floor(status / 100)}xx`;
      const counter = counted.get(key) ?? answers.labels(area, key.slice(-3));
      counted.set(key, counter);
      counter.inc();
    },
    stop: () => {
      subscription.unsubscribe();
      registry.clear();
    },
  };
};

const followLevels = (registry: Registry, levels: () => Levels): void => {
  new Gauge({
    name: 'mini_buildd_log_events',
    help: 'Events of the log that the daemon has taken in',
    registers: [registry],
    collect() {
      this.set(levels().events);
    },
  });
  new Gauge({
    name: 'mini_buildd_log_events_behind',
    help: 'Events that the archive has taken in and this web replica has not. Not a number where the archive is, or cannot be reached',
    registers: [registry],
    collect() {
      this.set(levels().eventsBehind ?? Number.NaN);
    },
  });
  new Gauge({
    name: 'mini_buildd_standby_present',
    help: '1 while the standby is heard of, 0 when it is not. Not a number where there is to be none',
    registers: [registry],
    collect() {
      const { standby } = levels();
      this.set(standby === undefined ? Number.NaN : standby.node === undefined ? 0 : 1);
    },
  });
  new Gauge({
    name: 'mini_buildd_standby_missing_files',
    help: 'Files that the log names and the standby has not. Not a number while it is not heard of',
    registers: [registry],
    collect() {
      const { standby } = levels();
      this.set(standby?.node === undefined ? Number.NaN : standby.missing);
    },
  });
  new Gauge({
    name: 'mini_buildd_log_writable',
    help: '1 while the log takes events, 0 when it is fenced or unreachable',
    registers: [registry],
    collect() {
      this.set(levels().isLogWritable ? 1 : 0);
    },
  });
  new Gauge({
    name: 'mini_buildd_log_seal_age_seconds',
    help: 'Age of the last seal of the log; a log that does not grow needs no other. Not a number before the first',
    registers: [registry],
    collect() {
      this.set(levels().sealAge ?? Number.NaN);
    },
  });
  new Gauge({
    name: 'mini_buildd_log_seal_amiss',
    help: '1 while a seal is hours overdue or the last one does not hold',
    registers: [registry],
    collect() {
      this.set(levels().isSealAmiss ? 1 : 0);
    },
  });
  new Gauge({
    name: 'mini_buildd_certificate_valid_from_seconds',
    help: 'From when on the certificate of HTTPS counts, in seconds since 1970. Not a number where there is none',
    registers: [registry],
    collect() {
      this.set((levels().certificate?.validFrom ?? Number.NaN) / 1000);
    },
  });
  new Gauge({
    name: 'mini_buildd_certificate_valid_until_seconds',
    help: 'When the certificate of HTTPS ends, in seconds since 1970. Not a number where there is none',
    registers: [registry],
    collect() {
      this.set((levels().certificate?.validUntil ?? Number.NaN) / 1000);
    },
  });
  new Gauge({
    name: 'mini_buildd_home_free_bytes',
    help: 'What is free on the file system of the home. Not a number where it was not seen',
    registers: [registry],
    collect() {
      this.set(levels().homeRoom?.free ?? Number.NaN);
    },
  });
  new Gauge({
    name: 'mini_buildd_home_size_bytes',
    help: 'How large the file system of the home is. Not a number where it was not seen',
    registers: [registry],
    collect() {
      this.set(levels().homeRoom?.size ?? Number.NaN);
    },
  });
  new Gauge({
    name: 'mini_buildd_expiry_timestamp_seconds',
    help: 'When the first of its kind ends unless it is renewed, in seconds since 1970',
    labelNames: ['kind'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [kind, end] of levels().ends ?? []) this.set({ kind }, end / 1000);
    },
  });
  new Gauge({
    name: 'mini_buildd_concerns',
    help: 'What somebody should see to, by severity: status names each',
    labelNames: ['severity'],
    registers: [registry],
    collect() {
      const { critical, warning } = levels().concerns;
      this.set({ severity: 'critical' }, critical);
      this.set({ severity: 'warning' }, warning);
    },
  });
  new Gauge({
    name: 'mini_buildd_queue_length',
    help: 'Outstanding work by queue and architecture',
    labelNames: ['queue', 'architecture'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { queue, architecture, length } of levels().queues) this.set({ queue, architecture }, length);
    },
  });
};

const followDurations = (registry: Registry, durations$: Observable<Duration>): Subscription => {
  const stages = new Histogram({
    name: 'mini_buildd_stage_seconds',
    help: 'How long the stages of an upload took',
    labelNames: ['stage', 'architecture', 'result'],
    buckets: [0.01, 0.1, 0.5, 1, 5, 15, 60, 300, 1800, 7200, 28_800],
    registers: [registry],
  });
  return durations$.subscribe({
    next: ({ stage, architecture, result, seconds }) => stages.observe({ stage, architecture, result }, seconds),
    error: () => undefined,
  });
};

/** Of an address, as its answers are counted. */
export const areaOf = (url: string): string =>
  /^\/(?:mini_buildd\/)?(api|events|feeds|live|builds|log|assets|upload|metrics|healthz|readyz)\b/.exec(url)?.[1] ??
  'pages';
