import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { serve } from './served.ts';

const documentOf = async (test: TestContext) => {
  const { url } = await serve(test);
  const answer = await fetch(`${url}/mini_buildd/api/openapi.json`);
  assert.equal(answer.status, 200);
  return answer.json();
};

describe('The OpenAPI document', () => {
  it('is one by the rules of OpenAPI 3.1', async (test) => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(await documentOf(test));
    assert.ok(valid, JSON.stringify(errors));
    assert.equal(validator.version, '3.1');
  });

  it('offers reading commands by GET and POST, changing ones by POST only', async (test) => {
    const { paths } = await documentOf(test);
    assert.deepEqual(Object.keys(paths['/mini_buildd/api/show']), ['get', 'post']);
    assert.deepEqual(Object.keys(paths['/mini_buildd/api/cancel']), ['post']);
  });

  it('says which arguments there are, and which are needed', async (test) => {
    const { paths } = await documentOf(test);
    const { get, post } = paths['/mini_buildd/api/show'];
    assert.deepEqual(
      get.parameters.map(({ name, required = false }: { name: string; required?: boolean }) => [name, required]),
      [
        ['package', true],
        ['with-rollbacks', false],
        ['output', false],
      ],
    );
    const { schema } = post.requestBody.content['application/json'];
    assert.deepEqual(schema.required, ['package']);
    assert.equal(schema.additionalProperties, false);
  });

  it('asks for the confirmation of what cannot be undone, and for who may do it', async (test) => {
    const { paths } = await documentOf(test);
    const { requestBody, security, description } = paths['/mini_buildd/api/remove'].post;
    assert.deepEqual(requestBody.content['application/json'].schema.properties.confirm.enum, ['remove']);
    assert.deepEqual(paths['/mini_buildd/api/stop'].post.security, [{ token: [] }, { password: [] }]);
    assert.deepEqual(security[0], {});
    assert.match(description, /Needs "confirm" to be "remove"/);
  });
});
