import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { packageObjectKey, parsePackageUrlPath } from '@rind/index-model';
import type { ObjectStore } from '@rind/storage-port';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { WarehouseError } from '../errors.ts';
import { entityTag } from '../serving/entity-tag.ts';
import { sendObject } from '../serving/send.ts';
import { OBJECT_STORE } from '../store/object-store.module.ts';
import { contentTypeOf } from '../serving/content-type.ts';
import { PublishedFiles } from './published-files.ts';

/** The hash is part of the URL: what it names never changes. */
const cacheControl = 'public, max-age=31536000, immutable';

/** The files of pip's own URLs. A CDN in front of the store does the same without asking. */
@Controller('packages')
export class FilesController {
  constructor(
    @Inject(OBJECT_STORE) private readonly store: ObjectStore,
    private readonly files: PublishedFiles,
  ) {}

  @Get(':project/:sha256/:filename')
  async file(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const path = parsePackageUrlPath(request.url.split('?', 1)[0]!);
    if (path === null || !(await this.files.offers(path.project, path.sha256, path.filename))) throw noSuchFile();
    const { project, sha256, filename } = path;
    const headers = { contentType: contentTypeOf(filename), cacheControl, tag: entityTag(sha256) };
    const key = packageObjectKey(project, sha256, filename);
    if (!(await sendObject(request, reply, this.store, key, headers))) throw noSuchFile();
  }
}

function noSuchFile(): WarehouseError<'file.not-found'> {
  return new WarehouseError('file.not-found', 'no such file', {});
}
