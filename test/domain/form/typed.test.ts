import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ChrootConfigured } from '../../../src/domain/configuration/chroot-events.ts';
import { fieldsOf } from '../../../src/domain/configuration/declaration/declare.ts';
import { kinds } from '../../../src/domain/configuration/declaration/kinds.ts';
import { LayoutConfigured } from '../../../src/domain/configuration/events.ts';
import { fieldsOfCodec } from '../../../src/domain/form/shape.ts';
import { meantBy, typedFor } from '../../../src/domain/form/typed.ts';
import { acmeConfiguration as configuration } from '../../support/fixed-examples.ts';

const chroot = fieldsOfCodec(ChrootConfigured, new Set(['codename', 'architecture']));
const layout = fieldsOfCodec(LayoutConfigured, new Set(['layout']));

describe('A form of a configured object', () => {
  it('means the object that it was made for, whatever its kind', () => {
    for (const kind of kinds)
      for (const [name, event] of kind.all(configuration)) {
        const fields = fieldsOfCodec(kind.codec, new Set(Object.keys(kind.identity(name))));
        const said = fieldsOf(kind, name, event);
        assert.deepEqual(meantBy(fields, typedFor(fields, said)), said, `${kind.noun} ${name}`);
      }
  });

  it('asks by the codec: words to choose from, boxes to tick, lines', () => {
    assert.deepEqual(
      chroot.map(({ name, shape }) => [name, shape.kind]),
      [
        ['kind', 'choice'],
        ['options', 'pairs'],
        ['include', 'words'],
        ['ccache', 'flag'],
      ],
    );
  });

  it('passes over rows whose first field is empty, and leaves what makes no sense to the codec', () => {
    const meant = meantBy(layout, {
      'suites.0.suite': ['unstable'],
      'suites.0.rollbacks': ['nine'],
      'suites.7.suite': [' '],
      'suites.7.rollbacks': ['1'],
    });
    assert.equal((meant.suites as unknown[]).length, 1);
    assert.equal((meant.suites as { rollbacks: unknown }[])[0]?.rollbacks, 'nine');
  });

  it('reads lines and pairs as they are typed, with any ends of lines', () => {
    const meant = meantBy(chroot, { include: ['fakeroot\r\n\r\n debhelper '], options: ['volume-group: data\r\nodd'] });
    assert.deepEqual(meant.include, ['fakeroot', 'debhelper']);
    assert.deepEqual(meant.options, { 'volume-group': 'data', odd: '' });
  });

  it('says nothing of an optional group whose first field is empty', () => {
    const [suites] = layout.filter(({ name }) => name === 'suites');
    assert.ok(suites !== undefined);
    const meant = meantBy([suites], { 'suites.0.suite': ['testing'], 'suites.0.checks.lintian.mode': [''] });
    const [testing] = meant.suites as { checks: { lintian: unknown } }[];
    assert.equal(testing?.checks.lintian, null);
  });
});
