import { gzipSync, strToU8, zipSync } from 'fflate';
import { hash } from '@rind/crypto';
import { toBase64Url } from '@rind/kernel';

/** A file of the demo project, ready to upload. */
export interface DemoFile {
  readonly filename: string;
  readonly filetype: 'sdist' | 'bdist_wheel';
  readonly pyversion: string;
  readonly bytes: Uint8Array;
}

export const demoProject = 'rind-demo';
export const demoVersion = '1.0.0';

const metadata = `Metadata-Version: 2.1
Name: ${demoProject}
Version: ${demoVersion}
Summary: Says hello from an index whose every byte was verified.
License: Apache-2.0
Requires-Python: >=3.8
Description-Content-Type: text/plain

Uploaded when this Rind was started for the first time.
`;
const module = `"""Uploaded by Rind itself, so that there is something to install."""


def hello() -> str:
    return "hello from rind-demo"
`;
const pyproject = `[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "${demoProject}"
version = "${demoVersion}"
requires-python = ">=3.8"

[tool.setuptools]
py-modules = ["rind_demo"]
`;
/** A fixed date, so that every instance makes the same bytes. */
const modified = new Date('2026-01-01T00:00:00Z');

export function demoFiles(): readonly DemoFile[] {
  return [
    { filename: `rind_demo-${demoVersion}.tar.gz`, filetype: 'sdist', pyversion: 'source', bytes: sdist() },
    {
      filename: `rind_demo-${demoVersion}-py3-none-any.whl`,
      filetype: 'bdist_wheel',
      pyversion: 'py3',
      bytes: wheel(),
    },
  ];
}

function wheel(): Uint8Array {
  const info = `rind_demo-${demoVersion}.dist-info`;
  const files: Record<string, string> = {
    'rind_demo.py': module,
    [`${info}/METADATA`]: metadata,
    [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nGenerator: rind\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
  };
  const record = Object.entries(files)
    .map(
      ([path, text]) =>
        `${path},sha256=${toBase64Url(hash('sha256', strToU8(text)))},${strToU8(text).length}\n`,
    )
    .join('');
  files[`${info}/RECORD`] = `${record}${info}/RECORD,,\n`;
  return zipSync(Object.fromEntries(Object.entries(files).map(([path, text]) => [path, strToU8(text)])), {
    level: 9,
    mtime: modified,
  });
}

function sdist(): Uint8Array {
  const top = `rind_demo-${demoVersion}`;
  const entries = [
    tarEntry(`${top}/PKG-INFO`, metadata),
    tarEntry(`${top}/pyproject.toml`, pyproject),
    tarEntry(`${top}/rind_demo.py`, module),
    new Uint8Array(1024),
  ];
  const tar = new Uint8Array(entries.reduce((sum, entry) => sum + entry.length, 0));
  let at = 0;
  for (const entry of entries) {
    tar.set(entry, at);
    at += entry.length;
  }
  return gzipSync(tar, { level: 9, mtime: modified });
}

/** One file in ustar form (POSIX.1-1988): a 512-byte header and the text, padded to 512 bytes. */
function tarEntry(path: string, text: string): Uint8Array {
  const body = strToU8(text);
  const entry = new Uint8Array(512 + Math.ceil(body.length / 512) * 512);
  const field = (offset: number, value: string): void => entry.set(strToU8(value), offset);
  field(0, path);
  field(100, '0000644\0');
  field(108, '0000000\0');
  field(116, '0000000\0');
  field(124, `${body.length.toString(8).padStart(11, '0')}\0`);
  field(136, `${(modified.getTime() / 1000).toString(8).padStart(11, '0')}\0`);
  field(148, ' '.repeat(8));
  field(156, '0');
  field(257, 'ustar\x0000');
  const sum = entry.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  field(148, `${sum.toString(8).padStart(6, '0')}\0 `);
  entry.set(body, 512);
  return entry;
}
