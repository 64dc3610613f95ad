import { hashHex } from '@rind/crypto';
import { parseDistribution, parseUploadForm } from '@rind/index-model';
import { systemRandomness, utf8 } from '@rind/kernel';
import { describe, expect, it } from 'vitest';
import { parseCoreMetadata } from './core-metadata.ts';
import { multipartForm, uploadFields } from './upload-form.ts';

const bytes = utf8('the file\r\n--');
const digests = {
  md5: '',
  sha256: hashHex('sha256', bytes),
  blake2b256: hashHex('blake2b-256', bytes),
};
const text = [
  'Metadata-Version: 2.4',
  'Name: Demo.Project',
  'Version: 1.0',
  'Summary: Größe',
  'Requires-Python: >=3.8',
  'Classifier: Programming Language :: Python :: 3',
  'Classifier: Topic :: Security',
  'Project-URL: Home, https://demo.example',
  'Requires-Dist: six>=1',
  'License-Expression: MIT',
  'X-Unknown: dropped',
  'Description-Content-Type: text/markdown',
  '',
  '# Demo',
  '',
  'more',
].join('\n');

describe('the form of an upload', () => {
  it.each([
    ['demo_project-1.0-py2.py3-none-any.whl', 'bdist_wheel', 'py2.py3'],
    ['demo_project-1.0.tar.gz', 'sdist', 'source'],
  ])('of %s is one that the index reads as it was meant', (filename, filetype, pyversion) => {
    const fields = uploadFields(parseDistribution(filename), parseCoreMetadata(text), bytes);
    const form = parseUploadForm({ fields, filename, contentType: 'application/octet-stream', digests });
    expect(form).toMatchObject({
      name: 'Demo.Project',
      project: 'demo-project',
      version: '1.0',
      filetype,
      pyversion,
      summary: 'Größe',
      requiresPython: '>=3.8',
      description: '# Demo\n\nmore',
      descriptionContentType: 'text/markdown',
      licenseExpression: 'MIT',
    });
    const named = (name: string) => fields.filter(([field]) => field === name).map(([, value]) => value);
    expect(named('classifiers')).toEqual(['Programming Language :: Python :: 3', 'Topic :: Security']);
    expect(named('project_urls')).toEqual(['Home, https://demo.example']);
    expect(named('requires_dist')).toEqual(['six>=1']);
    expect(JSON.stringify(fields)).not.toContain('dropped');
  });

  it('has the description of the headers when there is no body', () => {
    const metadata = parseCoreMetadata('Name: a\nDescription: short\n');
    const fields = uploadFields(parseDistribution('a-1.tar.gz'), metadata, bytes);
    expect(fields.filter(([name]) => name === 'description')).toEqual([['description', 'short']]);
  });

  it('is written so that fetch reads every value and the file back, byte for byte', async () => {
    const fields = [
      ['description', 'a\nb\r\nc "ä"'],
      ['classifiers', 'x'],
      ['classifiers', ''],
    ] as const;
    const { contentType, body } = multipartForm(fields, 'a-1.tar.gz', bytes, systemRandomness);
    const form = await new Response(body, { headers: { 'content-type': contentType } }).formData();
    expect([form.get('description'), form.getAll('classifiers')]).toEqual(['a\nb\r\nc "ä"', ['x', '']]);
    const file = form.get('content') as File;
    expect([file.name, await file.bytes()]).toEqual(['a-1.tar.gz', bytes]);
  });
});
