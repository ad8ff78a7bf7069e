import type { IncomingMessage } from 'node:http';

export type Output = 'json' | 'plain' | 'html';

/** The form of answer a client wants: `output=` wins over `Accept`; who names neither is a program and gets JSON. */
export const wanted = ({ url, headers }: IncomingMessage): Output => {
  const output = /[?&]output=(json|plain|html)(?:&|$)/.exec(url ?? '')?.[1];
  return output === undefined ? byAccept(headers.accept ?? '') : (output as Output);
};

const byAccept = (accept: string): Output => {
  const places = (
    [
      ['html', 'text/html'],
      ['json', 'application/json'],
      ['plain', 'text/plain'],
    ] as const
  )
    .map(([output, type]) => ({ output, place: accept.indexOf(type) }))
    .filter(({ place }) => place !== -1)
    .sort((a, b) => a.place - b.place);
  return places[0]?.output ?? 'json';
};
