/** Arrows point inwards (docs/architecture.md). `npm run check` proves the rule and that it can fail. */
const only = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: { path: '^src/', pathNot: allowed },
});

module.exports = {
  forbidden: [
    only('domain-knows-only-itself', '^src/domain/', '^src/domain/'),
    only('ports-know-the-domain', '^src/ports/', '^src/(domain|ports)/'),
    only('projections-know-the-domain', '^src/projections/', '^src/(domain|ports|projections)/'),
    only('reactors-know-no-adapter', '^src/reactors/', '^src/(domain|ports|projections|reactors)/'),
    only('disk-knows-the-domain', '^src/disk/', '^src/(domain|disk)/'),
    only('app-knows-no-adapter', '^src/app/', '^src/(domain|ports|projections|app)/'),
    {
      name: 'adapters-know-no-other-adapter',
      severity: 'error',
      from: { path: '^src/adapters/([^/]+)/' },
      to: { path: '^src/', pathNot: '^src/(domain|ports|disk)/|^src/adapters/$1/' },
    },
    {
      name: 'domain-touches-no-machine',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { dependencyTypes: ['core', 'npm'], pathNot: 'node_modules/(io-ts|fp-ts)/' },
    },
    {
      name: 'projections-touch-no-machine',
      severity: 'error',
      from: { path: '^src/projections/' },
      to: { dependencyTypes: ['core', 'npm'], pathNot: 'node_modules/(io-ts|fp-ts)/' },
    },
    {
      name: 'reactors-know-rxjs',
      severity: 'error',
      from: { path: '^src/reactors/' },
      to: { dependencyTypes: ['core', 'npm'], pathNot: 'node_modules/(io-ts|fp-ts|rxjs)/' },
    },
    { name: 'no-circles', severity: 'error', from: { path: '^src/' }, to: { circular: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.cjs', '.mjs'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};
