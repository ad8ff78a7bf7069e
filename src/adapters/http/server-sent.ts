/**
 * One server-sent event. `id` is what the client hands back as `Last-Event-ID` to go on after it. The data is JSON, and
 * so has no line break that could end it early.
 */
export const serverSent = (id: string, data: unknown, event?: string): string =>
  `id: ${id}\n${event === undefined ? '' : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`;
