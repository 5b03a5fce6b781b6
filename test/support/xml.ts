// JUnit's XML as an XML parser that is not ours reads it: Python's expat.

import { runCommand } from './processes.js';
import { MissingTool } from './tools.js';

export interface XmlElement {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
  readonly children: readonly XmlElement[];
}

const program = `
import json, sys
import xml.etree.ElementTree as tree
def plain(e):
    return {'tag': e.tag, 'attributes': e.attrib, 'text': e.text or '', 'children': [plain(c) for c in e]}
print(json.dumps(plain(tree.fromstring(sys.stdin.buffer.read()))))
`;

/** Throws what the parser says of a text that is not well-formed. */
export async function readXml(text: string): Promise<XmlElement> {
  const { code, stdout, stderr } = await runCommand('python3', ['-c', program], {
    input: text,
  }).catch(() => {
    throw new MissingTool('No Python: python3 is not on the PATH. fix: apt-get install python3');
  });
  if (code !== 0) throw new Error(`not well-formed: ${stderr.trim().split('\n').at(-1)}`);
  return JSON.parse(stdout) as XmlElement;
}
