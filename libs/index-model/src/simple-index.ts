import { simpleApiVersion } from './simple-page.ts';

/** A project in the list of all projects. */
export interface IndexEntry {
  readonly name: string;
  /** Number of the project's last change. */
  readonly lastSerial?: number;
}

/**
 * The list of all projects in JSON (PEP 691). It is not signed and carries serials.
 * @param serial number of the last change of any project
 */
export function renderIndexJson(projects: readonly (string | IndexEntry)[], serial: number): string {
  return JSON.stringify({
    meta: { 'api-version': simpleApiVersion, '_last-serial': serial },
    projects: projects.map((project) => {
      const { name, lastSerial }: IndexEntry = typeof project === 'string' ? { name: project } : project;
      return { name, ...(lastSerial === undefined ? {} : { '_last-serial': lastSerial }) };
    }),
  });
}
