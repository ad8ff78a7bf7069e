import assert from 'node:assert/strict';
import { it } from 'node:test';
import { fieldName } from '../../../src/adapters/http/views/administration/field-names.ts';
import { subjects } from '../../../src/app/administration/subjects.ts';
import { welcomeFields } from '../../../src/app/administration/welcome.ts';
import type { Field } from '../../../src/domain/form/shape.ts';

const pathsIn = (fields: readonly Field[], above = ''): readonly string[] =>
  fields.flatMap(({ name, shape }) => [
    above + name,
    ...('fields' in shape ? pathsIn(shape.fields, `${above}${name}.`) : []),
  ]);

for (const { section, fields } of [...subjects, { section: 'welcome', fields: welcomeFields }]) {
  it(`every field of ${section} is called something by people`, () => {
    assert.deepEqual(
      pathsIn(fields).filter((path) => fieldName(section, path) === undefined),
      [],
    );
  });
}
