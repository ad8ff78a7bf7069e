import type { DaemonEvent } from '../../src/domain/event.ts';
import {
  amd64,
  ernie,
  helloAssigned,
  helloRequested,
  helloStarted,
  helloSucceeded,
  source,
  uploadId,
} from './fixed-examples.ts';

/** The build of the `n`-th upload, of a source called `name`, is wanted. */
export const requestedFor = (n: number, name: string, on = amd64): DaemonEvent => ({
  ...helloRequested(uploadId(n), on),
  source: source(name),
});

/** The same is built by ernie, in so many seconds. */
export const builtIn = (n: number, seconds: number, on = amd64): readonly DaemonEvent[] => [
  helloAssigned(ernie, uploadId(n), on),
  helloStarted(1, uploadId(n), on),
  { ...helloSucceeded(1, uploadId(n), on), times: { install: 1, build: seconds, total: seconds, stages: [] } },
];
