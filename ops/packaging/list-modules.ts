import { bundledNode, shippedModules } from './modules.ts';

// Called by ops/package: the folders of all that is shipped, Node included, below the project, one a line.
const project = process.argv[2] ?? '.';
const node = bundledNode(project);
for (const { path } of [...shippedModules(project), ...(node === undefined ? [] : [node])])
  process.stdout.write(`${path}\n`);
