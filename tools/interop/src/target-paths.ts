/** The signed path of a file. */
export function packagePath(project: string, filename: string): string {
  return `packages/${project}/${filename}`;
}

/** The signed path of a project's page. */
export function pagePath(project: string): string {
  return `simple/${project}/index.json`;
}
