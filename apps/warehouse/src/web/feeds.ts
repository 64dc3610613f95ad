import type { Sql } from '@rind/database';
import type { ProjectName } from '@rind/kernel';
import type { ProjectReleases } from '../releases/project-releases.ts';
import { saidOf } from '../releases/release.ts';
import { newestProjects, newestReleases } from './newest.ts';
import type { Newest } from './newest.ts';
import { renderFeed } from './rss.ts';

export interface FeedsParts {
  readonly sql: Sql;
  readonly releases: ProjectReleases;
  readonly publicUrl: string;
}

const shownItems = 40;

/** PyPI's three feeds. Not signed. */
export class Feeds {
  private readonly parts: FeedsParts;

  constructor(parts: FeedsParts) {
    this.parts = parts;
  }

  async updates(): Promise<string> {
    const { sql, publicUrl } = this.parts;
    return renderFeed({
      title: 'Rind: newest releases',
      link: `${publicUrl}/`,
      description: 'Newest releases of this index',
      items: (await newestReleases(sql, shownItems)).map((one) => ({
        ...this.item(one),
        title: `${one.displayName} ${one.version}`,
        link: this.releaseUrl(one.name, one.version),
      })),
    });
  }

  async packages(): Promise<string> {
    const { sql, publicUrl } = this.parts;
    return renderFeed({
      title: 'Rind: newest projects',
      link: `${publicUrl}/`,
      description: 'Newest projects of this index',
      items: (await newestProjects(sql, shownItems)).map((one) => ({
        ...this.item(one),
        title: `${one.displayName} added`,
        link: `${publicUrl}/project/${one.name}/`,
      })),
    });
  }

  /** @throws WarehouseError `project.not-found` */
  async project(name: ProjectName): Promise<string> {
    const { displayName, releases } = await this.parts.releases.find(name);
    return renderFeed({
      title: `Rind: releases of ${displayName}`,
      link: `${this.parts.publicUrl}/project/${name}/`,
      description: `Releases of ${displayName}, newest version first`,
      items: releases
        .toReversed()
        .slice(0, shownItems)
        .map((release) => ({
          title: release.version.text,
          link: this.releaseUrl(name, release.version.text),
          description: saidOf(release).first('summary') ?? '',
          at: new Date(release.files.map(({ uploadTime }) => uploadTime).sort()[0]!),
        })),
    });
  }

  private item({ summary, at }: Newest): { description: string; at: Date } {
    return { description: summary, at };
  }

  private releaseUrl(name: string, version: string): string {
    return `${this.parts.publicUrl}/project/${name}/${encodeURIComponent(version)}/`;
  }
}
