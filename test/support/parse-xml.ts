import { spawnSync } from 'node:child_process';

/** An element as expat saw it. */
export type Element = {
  /** `{NAMESPACE}NAME` */
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
  readonly children: readonly Element[];
};

const program = `
import json, sys, xml.etree.ElementTree as tree
def told(element):
    return {"tag": element.tag, "attributes": element.attrib, "text": element.text or "", "children": [told(each) for each in element]}
json.dump(told(tree.fromstring(sys.stdin.buffer.read())), sys.stdout)
`;

/** Reads a document with Python's strict parser. Throws when it is not well-formed. */
export const parseXml = (document: string | Buffer): Element => {
  const { status, stdout, stderr } = spawnSync('/usr/bin/python3', ['-c', program], { input: document });
  if (status !== 0) throw new Error(String(stderr));
  return JSON.parse(String(stdout)) as Element;
};
