import type { Privilege } from '../../domain/account/privilege.ts';

/** Who shows nothing may ask what is for everybody. */
export const securityOf = (privilege: Privilege): readonly Readonly<Record<string, readonly string[]>>[] =>
  privilege === 'none' ? [{}, { token: [] }, { password: [] }] : [{ token: [] }, { password: [] }];

export const problemAs = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});

export const outputParameter = {
  name: 'output',
  in: 'query',
  description: 'The form of the answer; without it the header Accept decides',
  schema: { type: 'string', enum: ['json', 'plain', 'html'] },
};

const rule = {
  rule: { type: 'string', description: 'A stable word that programs may compare' },
  fact: { type: 'string' },
  remedy: { type: 'string' },
};

/** The one form of every refusal. */
export const problem = {
  type: 'object',
  description: 'RFC 9457: which rule was broken, by which fact, and what to do about it',
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    ...rule,
    refusals: {
      type: 'array',
      items: { type: 'object', properties: rule, required: Object.keys(rule) },
    },
  },
  required: ['type', 'title', 'status', 'refusals'],
};

export const refused = {
  description: 'The command was refused',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};
