import { concatBytes, utf8 } from '@rind/kernel';
import {
  coreMetadata,
  gzipped,
  paxHeader,
  sdistBytes,
  tarBytes,
  tarMember,
  wheelBytes,
  zipBytes,
  zipExtra,
} from '@rind/testkit';
import type { TarMember, ZipEnd, ZipRecord } from '@rind/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningInstance } from './instance.ts';
import { basic, send, uploadForm } from './legacy-request.ts';
import type { RawAnswer } from './legacy-request.ts';

/** Every row is one upload of this project, all of them refused: it never comes to be, until the last test. */
const project = 'hostile';
const version = '1.0';
const wheelName = 'hostile-1.0-py3-none-any.whl';
const sdistName = 'hostile-1.0.tar.gz';
const info = 'hostile-1.0.dist-info';
const parts = { name: project, version } as const;

let instance: RunningInstance;
beforeAll(async () => {
  instance = await RunningInstance.start();
});
afterAll(() => instance?.destroy());

interface Hostile {
  readonly what: string;
  readonly code: string;
  /** Otherwise a source distribution. */
  readonly wheel?: boolean;
  readonly filename?: string;
  /** Made when its turn comes: some are large. */
  readonly bytes?: () => Uint8Array;
  readonly fields?: Readonly<Record<string, string>>;
  /** By default 400. */
  readonly status?: number;
}

function upload({
  wheel = false,
  filename,
  bytes,
  fields,
}: Omit<Hostile, 'what' | 'code'>): Promise<RawAnswer> {
  const file = {
    filename: filename ?? (wheel ? wheelName : sdistName),
    bytes: bytes?.() ?? (wheel ? wheelBytes(parts) : sdistBytes(parts)),
  };
  const kind = wheel ? { filetype: 'bdist_wheel', pyversion: 'py3' } : {};
  const form = uploadForm(project, version, { fields: { ...kind, ...fields }, file });
  return send(instance.file.upload, {
    headers: { authorization: basic('__token__', instance.file.token) },
    form,
  });
}

/** A wheel that would be in order without `records`. */
function wheelWith(records: readonly ZipRecord[], end: ZipEnd = {}): Uint8Array {
  return zipBytes([...wheelRecords, ...records], end);
}
const wheelRecords: readonly ZipRecord[] = [
  { name: `${info}/METADATA`, data: coreMetadata(parts) },
  { name: `${info}/WHEEL`, data: 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n' },
  { name: `${info}/RECORD`, data: `${info}/METADATA,,\n${info}/WHEEL,,\n${info}/RECORD,,\n` },
];
const module: ZipRecord = { name: 'hostile/__init__.py', data: 'x = 1\n'.repeat(50), deflated: true };
const mode = (bits: number): ZipRecord => ({ ...module, header: { externalAttributes: (bits << 16) >>> 0 } });

/** A source distribution that would be in order without `members`. */
const sdistWith = (...members: readonly TarMember[]): Uint8Array => gzipped(tarBytes([pkgInfo, ...members]));
const pkgInfo: TarMember = { name: 'hostile-1.0/PKG-INFO', data: coreMetadata(parts) };
const link = (linkName: string, type = '2'): TarMember => ({ name: 'hostile-1.0/l', type, linkName });
const wholeSdist = (): Uint8Array => sdistWith({ name: 'hostile-1.0/setup.py', data: 'x' });
const mebibyte = 1_048_576;

const zipRefused: readonly (readonly [what: string, bytes: () => Uint8Array])[] = [
  ['a byte behind its end', () => wheelWith([module], { after: utf8('x') })],
  ['another wheel behind its end', () => concatBytes(wheelWith([]), wheelWith([module]))],
  ['a shell script in front', () => concatBytes(utf8('#!/bin/sh\nexit\n'), wheelWith([]))],
  ['bytes between two members', () => wheelWith([{ ...module, before: utf8('gap!') }])],
  ['bytes before its directory', () => wheelWith([{ ...module, after: utf8('gap!') }])],
  ['another wheel in its comment', () => wheelWith([], { comment: wheelWith([module]) })],
  ['a member that the directory does not list', () => wheelWith([{ ...module, central: null }])],
  ['a member twice', () => wheelWith([module, module])],
  ['METADATA twice', () => wheelWith([{ name: `${info}/METADATA`, data: 'Name: other\n' }])],
  ['another name in front', () => wheelWith([{ ...module, local: { name: 'hostile/evil____.py' } }])],
  ['another length in front', () => wheelWith([{ ...module, local: { size: 7 } }])],
  ['another checksum in front', () => wheelWith([{ ...module, local: { crc: 7 } }])],
  ['another method in front', () => wheelWith([{ ...module, local: { method: 0 } }])],
  ['a member that starts elsewhere', () => wheelWith([{ ...module, central: { offset: 0 } }])],
  ['more members announced than there are', () => wheelWith([module], { records: 40 })],
  ['a directory that starts elsewhere', () => wheelWith([module], { directoryOffset: 3 })],
  ['a second disk', () => wheelWith([module], { disk: 1 })],
  ['a ZIP64 end of odd length', () => wheelWith([module], { zip64: true, zip64Size: 45 })],
  ['a comment on a member', () => wheelWith([{ ...module, central: { comment: 'PK' } }])],
  ['a length behind the data', () => wheelWith([{ ...module, header: { flags: 0x808 } }])],
  ['an encrypted member', () => wheelWith([{ ...module, header: { flags: 0x801 } }])],
  ['a symbolic link', () => wheelWith([mode(0o120777)])],
  ['a device', () => wheelWith([mode(0o020666)])],
  ['a name for some programs only', () => wheelWith([{ ...module, header: { extra: otherName() } }])],
  ...[
    '../../evil.py',
    '/etc/cron.d/evil',
    'hostile/../../evil.py',
    'C:/evil.py',
    'hostile\\..\\..\\evil.py',
    'hostile/\u0000.py',
    'hostile/a\nb.py',
    'hostile/\u001b[2J.py',
    '',
  ].map((name) => [`the member ${JSON.stringify(name)}`, () => wheelWith([{ name, data: 'x' }])] as const),
  ['a name that is no UTF-8', () => wheelWith([{ name: Uint8Array.of(0x61, 0xff), data: 'x' }])],
];

/** An Info-ZIP path (0x7075): version, checksum, name. */
function otherName(): Uint8Array {
  return zipExtra(0x7075, concatBytes(Uint8Array.of(1, 0, 0, 0, 0), utf8('hostile/evil.py')));
}

const tarRefused: readonly (readonly [what: string, bytes: () => Uint8Array])[] = [
  ...[
    '../evil',
    '/etc/passwd',
    'hostile-1.0/../../evil',
    'C:\\evil',
    '\\\\host\\share',
    'hostile-1.0/a\rb',
  ].map((name) => [`the member ${JSON.stringify(name)}`, () => sdistWith({ name, data: 'x' })] as const),
  ['a name that climbs by a pax header', () => sdistWith(paxHeader({ path: '../evil' }), { name: 'x' })],
  [
    'a name that climbs by a GNU header',
    () => sdistWith({ name: '././@LongLink', type: 'L', data: '/etc/passwd\0' }, { name: 'x' }),
  ],
  ['a name that climbs by its prefix', () => sdistWith({ prefix: '..', name: 'evil' })],
  ...['/etc/passwd', '..', '../other/x', 'a/../../../x', 'C:x', ''].map(
    (to) => [`a link to ${JSON.stringify(to)}`, () => sdistWith(link(to))] as const,
  ),
  ['a hard link to the machine', () => sdistWith(link('/etc/shadow', '1'))],
  ['a file behind a link', () => sdistWith(link('sub'), { name: 'hostile-1.0/l/x', data: 'x' })],
  ['a link by a pax header', () => sdistWith(paxHeader({ linkpath: '/etc/passwd' }), link('x'))],
  ['a device', () => sdistWith({ name: 'hostile-1.0/sda', type: '4' })],
  ['a FIFO', () => sdistWith({ name: 'hostile-1.0/fifo', type: '6' })],
  ['a sparse file of GNU', () => sdistWith({ name: 'hostile-1.0/s', type: 'S' })],
  [
    'a sparse file by pax',
    () => sdistWith(paxHeader({ 'GNU.sparse.major': '1' }), { name: 'hostile-1.0/s' }),
  ],
  ['a type of no standard', () => sdistWith({ name: 'hostile-1.0/v', type: 'V' })],
  ['a negative length', () => sdistWith({ name: 'hostile-1.0/n', rawSize: new Uint8Array(12).fill(0xff) })],
  ['a header with a wrong checksum', () => sdistWith({ name: 'hostile-1.0/c', checksumError: 1 })],
  ['names for all that follow', () => sdistWith(paxHeader({ path: 'hostile-1.0/x' }, 'g'), pkgInfo)],
  ['members behind its end', () => gzipped(concatBytes(tarBytes([pkgInfo]), tarMember(pkgInfo)))],
  ['a second gzip stream', () => concatBytes(wholeSdist(), wholeSdist())],
  ['bytes behind its stream', () => concatBytes(wholeSdist(), new Uint8Array(mebibyte))],
];

const files: readonly Hostile[] = [
  ...zipRefused.map(([what, bytes]): Hostile => ({
    what: `a wheel with ${what}`,
    code: 'archive.zip-refused',
    wheel: true,
    bytes,
  })),
  ...tarRefused.map(([what, bytes]): Hostile => ({
    what: `a source distribution with ${what}`,
    code: 'archive.tar-refused',
    bytes,
  })),
  ...(
    [
      ['that is a text', 'archive.not-zip', () => utf8('not a zip file, though rather long')],
      ['that is a source distribution', 'archive.not-zip', wholeSdist],
      ['that is half of one', 'archive.not-zip', () => wheelBytes(parts).subarray(0, 200)],
      [
        'that is a tar file too',
        'archive.polyglot',
        () => concatBytes(tarMember({ name: 'PK\x03\x04', data: 'x' }), wheelWith([])),
      ],
      [
        'of which a gigabyte comes out',
        'archive.bomb',
        () => wheelWith([{ name: 'zeros', payload: zeros(), header: { size: 1_073_741_824, method: 8 } }]),
      ],
      [
        'that hides how much comes out',
        'archive.corrupt',
        () => wheelWith([{ name: 'zeros', payload: zeros(), header: { size: 100, method: 8 } }]),
      ],
      ['with another checksum', 'archive.corrupt', () => wheelWith([{ ...module, header: { crc: 7 } }])],
      [
        'packed by LZMA',
        'archive.unsupported-compression',
        () => wheelWith([{ ...module, header: { method: 14 } }]),
      ],
      ['without RECORD', 'distribution.file-missing', () => zipBytes(wheelRecords.slice(0, 2))],
      ['without METADATA', 'distribution.file-missing', () => zipBytes(wheelRecords.slice(1))],
      [
        'of another release',
        'distribution.file-missing',
        () => wheelBytes({ name: project, version: '2.0' }),
      ],
      [
        'with a script of an absolute path',
        'distribution.entry-points-invalid',
        () =>
          wheelBytes({
            ...parts,
            files: { [`${info}/entry_points.txt`]: '[console_scripts]\n/bin/sh = a:b\n' },
          }),
      ],
      [
        'with METADATA of 11 MB',
        'archive.member-too-large',
        () => wheelWith([{ name: `${info}/entry_points.txt`, data: new Uint8Array(11_000_000) }]),
      ],
    ] as const
  ).map(([what, code, bytes]): Hostile => ({ what: `a wheel ${what}`, code, wheel: true, bytes })),
  ...(
    [
      ['that is a text', 'archive.not-tar', () => utf8('not a gzip stream, though rather long')],
      ['that is a wheel', 'archive.not-tar', () => wheelBytes(parts)],
      ['that is nothing', 'archive.not-tar', () => new Uint8Array()],
      ['that nobody packed', 'archive.not-tar', () => tarBytes([pkgInfo])],
      ['that is a zip file too', 'archive.polyglot', () => concatBytes(wholeSdist(), wheelWith([]))],
      [
        'of which 100 MB come out',
        'archive.bomb',
        () => sdistWith({ name: 'hostile-1.0/zeros', data: new Uint8Array(100 * mebibyte) }),
      ],
      ['cut short', 'archive.corrupt', () => wholeSdist().subarray(0, -20)],
      ['of two folders', 'distribution.no-single-folder', () => sdistWith({ name: 'other/x', data: 'x' })],
      [
        'without PKG-INFO',
        'distribution.file-missing',
        () => gzipped(tarBytes([{ name: 'hostile-1.0/setup.py', data: 'x' }])),
      ],
    ] as const
  ).map(([what, code, bytes]): Hostile => ({ what: `a source distribution ${what}`, code, bytes })),
];

/** `zeros` raw-deflated: some hundred kilobytes of which 100 MB come out. */
function zeros(): Uint8Array {
  const packed = gzipped(new Uint8Array(100 * mebibyte));
  return packed.subarray(10, -8);
}

const forms: readonly Hostile[] = [
  ...(
    [
      ['a file name that climbs', 'filename.invalid', '../../hostile-1.0.tar.gz'],
      ['a file name of the machine', 'filename.invalid', '/etc/hostile-1.0.tar.gz'],
      ['a file name of a drive', 'filename.invalid', 'C:\\hostile-1.0.tar.gz'],
      ['a file name that ends twice', 'filename.invalid', 'hostile-1.0.tar.gz.exe'],
      ['a file name without end', 'filename.invalid', `hostile-${'1.'.repeat(5_000)}0.tar.gz`],
      ['a file name with a NUL', 'filename.invalid', 'hostile-1.0.tar.gz\u0000.whl'],
      ['a file name in letters that look alike', 'filename.invalid', 'h\u043estile-1.0.tar.gz'],
      ['a file name that reads backwards', 'filename.invalid', 'hostile-1.0\u202ezg.tar.gz'],
      ["somebody else's file name", 'filename.wrong-name', 'rind_demo-1.0.tar.gz'],
      ['the file name of another release', 'filename.wrong-version', 'hostile-1.1.tar.gz'],
    ] as const
  ).map(([what, code, filename]): Hostile => ({ what, code, filename })),
  ...(
    [
      ['a name that climbs', 'upload.name-invalid', { name: '../hostile' }],
      ['a name with a line break', 'upload.name-invalid', { name: 'hostile\nX-Evil: 1' }],
      ['a name in letters that look alike', 'upload.name-invalid', { name: 'h\u043estile' }],
      ['a name with markup', 'upload.name-invalid', { name: '<script>' }],
      ['a version with a path', 'upload.version-invalid', { version: '1.0/../../2' }],
      ['a version with a line break', 'upload.version-invalid', { version: '1.0\r\nX-Evil: 1' }],
      ['a version of digits without end', 'upload.version-invalid', { version: `${'1'.repeat(60_000)}x` }],
      [
        'a requirement of parentheses',
        'upload.metadata-invalid',
        { requires_dist: `x; ${'('.repeat(60_000)}` },
      ],
      ['a requirement on the disk', 'upload.metadata-invalid', { requires_dist: 'x @ file:///etc/passwd' }],
      [
        'a marker without end',
        'upload.metadata-invalid',
        { requires_dist: `x; ${"os_name=='a' and ".repeat(3_000)}` },
      ],
      [
        'a specifier of commas',
        'upload.requires-python-invalid',
        { requires_python: `>=3${',<'.repeat(20_000)}` },
      ],
      [
        'a licence file of the machine',
        'upload.metadata-invalid',
        { license_file: '/etc/passwd', metadata_version: '2.4' },
      ],
      ['a home page that runs', 'upload.metadata-invalid', { home_page: 'javascript:alert(1)' }],
      ['a link that is a file', 'upload.metadata-invalid', { project_urls: 'Docs, file:///etc/passwd' }],
      ['a description that is a page', 'upload.metadata-invalid', { description_content_type: 'text/html' }],
      ['a field that is too long', 'upload.malformed-form', { summary: 'x'.repeat(70_000) }],
      ['a summary of two lines', 'upload.metadata-invalid', { summary: 'a\nb' }],
      ['the digest of another file', 'upload.digest-mismatch', { sha256_digest: '0'.repeat(64) }],
      ['another MD5', 'upload.digest-mismatch', { md5_digest: '0'.repeat(32) }],
      ['another BLAKE2', 'upload.digest-mismatch', { blake2_256_digest: '0'.repeat(64) }],
      ['another kind than the file', 'filename.invalid', { filetype: 'bdist_wheel', pyversion: 'py3' }],
      ['an installer', 'upload.filetype-invalid', { filetype: 'bdist_msi' }],
      ['a protocol of its own', 'upload.bad-protocol-version', { protocol_version: '1 or 1=1' }],
      ['another action', 'upload.bad-action', { ':action': 'remove_pkg' }],
      [
        'a licence file that is not there',
        'distribution.license-file-missing',
        { license_file: 'COPYING', metadata_version: '2.4' },
      ],
    ] as const
  ).map(([what, code, fields]): Hostile => ({ what, code, fields: { ...fields } })),
];

describe('refused at the gate or behind it', () => {
  it.each([...files, ...forms])('$what: $code', async ({ status = 400, code, ...hostile }) => {
    const answer = await upload(hostile);
    expect([answer.status, answer.headers['x-rind-error']]).toEqual([status, code]);
    // Nothing of what was sent may end the line or move a cursor.
    expect(/^[\x20-\x7e]{10,}$/.test(answer.reason)).toBe(true);
  });
});

describe('what is left of all that', () => {
  it('is no project and no file', async () => {
    for (const path of [`/simple/${project}/`, `/pypi/${project}/json`]) {
      expect((await fetch(new URL(path, instance.file.url))).status).toBe(404);
    }
  });

  it('the same names, kinds and forms with honest files are taken', async () => {
    expect(files.length + forms.length).toBeGreaterThanOrEqual(60);
    const answers = [
      await upload({ wheel: true, bytes: () => wheelWith([module]) }),
      await upload({ bytes: wholeSdist }),
    ];
    expect(answers.map((answer) => [answer.status, answer.headers['x-rind-error']])).toEqual([
      [200, undefined],
      [200, undefined],
    ]);
  });
});
