import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { parsePackageUrlPath } from '@rind/index-model';
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
    const { project, sha256, filename, metadata, key } = parsePackageUrlPath(request.url.split('?', 1)[0]!);
    const offered = await this.files.offered(project, sha256, filename);
    const checksum = metadata ? offered?.coreMetadataSha256 : offered?.sha256;
    if (checksum === undefined || checksum === null) throw noSuchFile();
    const contentType = contentTypeOf(metadata ? '.metadata' : filename);
    const headers = { contentType, cacheControl, tag: entityTag(checksum) };
    if (!(await sendObject(request, reply, this.store, key, headers))) throw noSuchFile();
  }
}

function noSuchFile(): WarehouseError<'file.not-found'> {
  return new WarehouseError('file.not-found', 'no such file', {});
}
