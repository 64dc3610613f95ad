/** A field of core metadata. */
export interface MetadataField {
  /** As in METADATA, in lower case. */
  readonly name: string;
  /** As in upload forms. */
  readonly form: string;
  readonly multiple: boolean;
  /** Version of the specification that brought it. */
  readonly since: string;
}

/** In the order of their ages. 2.0 was never agreed upon. */
export const metadataVersions: readonly string[] = ['1.0', '1.1', '1.2', '2.1', '2.2', '2.3', '2.4', '2.5'];

/** "Core metadata specifications", by the version that brought the field; `*` takes several values. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  '1.0': [
    'metadata-version',
    'name',
    'version',
    'platform*',
    'summary',
    'description',
    'keywords',
    'home-page',
    'author',
    'author-email',
    'license',
  ],
  '1.1': ['supported-platform*', 'download-url', 'classifier*', 'requires*', 'provides*', 'obsoletes*'],
  '1.2': [
    'maintainer',
    'maintainer-email',
    'requires-dist*',
    'provides-dist*',
    'obsoletes-dist*',
    'requires-python',
    'requires-external*',
    'project-url*',
  ],
  '2.1': ['description-content-type', 'provides-extra*'],
  '2.2': ['dynamic*'],
  '2.4': ['license-expression', 'license-file*'],
  '2.5': ['import-name*', 'import-namespace*'],
};

/** Forms have most lists in the plural. */
const FORM_NAMES: Readonly<Record<string, string>> = {
  classifier: 'classifiers',
  'project-url': 'project_urls',
};

export const metadataFields: readonly MetadataField[] = Object.entries(NAMES).flatMap(([since, names]) =>
  names.map((starred) => {
    const name = starred.replace('*', '');
    const form = FORM_NAMES[name] ?? name.replaceAll('-', '_');
    return { name, form, multiple: starred.endsWith('*'), since };
  }),
);
